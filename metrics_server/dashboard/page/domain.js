/** Ranges of values for colors and axes, their distribution and their extremes. */

export const BARS = 48;

/**
 * Smallest and greatest value; null without values.
 *
 * @param {Float64Array} values
 * @param {number} [above] Only greater values count.
 * @returns {{ min: number, max: number } | null}
 */
export function extent(values, above = -Infinity) {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!(value > above)) continue;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min > max ? null : { min, max };
}

/**
 * A range widened to round numbers, so that colors keep their meaning over snapshots.
 *
 * @param {{ min: number, max: number } | null} range
 * @returns {{ min: number, max: number }}
 */
export function roundDomain(range) {
  if (range === null) return { min: 0, max: 1 };
  const span = range.max - range.min;
  if (span === 0) {
    const room = Math.abs(range.min) * 0.1 || 1;
    return { min: range.min - room, max: range.max + room };
  }
  // A range near zero includes zero: 3 to 210 becomes 0 to 250.
  const low = range.min > 0 && range.min < span ? 0 : range.min;
  const step = roundStep((range.max - low) / 10);
  return { min: Math.floor(low / step) * step, max: Math.ceil(range.max / step) * step };
}

/**
 * @typedef {object} Domain Values from the first to the last color.
 * @property {number} min
 * @property {number} max
 * @property {boolean} [is_log] By powers of ten; values up to 0 have the first color.
 */

/**
 * The domain of a column's values. A logarithmic one ends at powers of ten.
 *
 * @param {import("./model.js").NumberColumn} column
 * @returns {Domain}
 */
export function domainOf({ values, info }) {
  if (info.scale !== "log") return roundDomain(extent(values));
  const range = extent(values, 0);
  if (range === null) return { min: 0, max: 1 };
  const min = 10 ** Math.floor(Math.log10(range.min));
  return { min, max: Math.max(min * 10, 10 ** Math.ceil(Math.log10(range.max))), is_log: true };
}

/**
 * Position of a value in a domain, from 0 to 1 inside it; NaN for no value.
 *
 * @param {number} value
 * @param {Domain} domain
 */
export function shareOf(value, { min, max, is_log = false }) {
  if (!is_log) return (value - min) / (max - min);
  return value <= 0 ? 0 : Math.log(value / min) / Math.log(max / min);
}

/** The middle of a domain. @param {Domain} domain */
export function middleOf({ min, max, is_log = false }) {
  return is_log ? Math.sqrt(min * max) : (min + max) / 2;
}

/** The next 1, 2, 2.5 or 5 times a power of ten. @param {number} size */
function roundStep(size) {
  const power = 10 ** Math.floor(Math.log10(size));
  const factor = size / power;
  return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 2.5 ? 2.5 : factor <= 5 ? 5 : 10);
}

/**
 * Number of values in each of {@link BARS} equal parts, and of rows without a value.
 *
 * @param {Float64Array} values
 * @param {Domain} domain
 */
export function histogram(values, domain) {
  const bars = new Uint32Array(BARS);
  let missing = 0;
  for (let i = 0; i < values.length; i++) {
    const share = shareOf(values[i], domain);
    if (Number.isNaN(share)) missing++;
    else bars[Math.min(BARS - 1, Math.max(0, Math.floor(share * BARS)))]++;
  }
  return { bars, missing };
}

/**
 * The initial column of the map: the first metric with values, or else the first column.
 *
 * @param {readonly import("./model.js").Column[]} columns
 * @returns {import("./model.js").Column | null}
 */
export function firstMetric(columns) {
  return columns.find((column) =>
    column.kind === "number" && column.info.kind !== "label" && column.info.kind !== "time" &&
    column.values.some((value) => !Number.isNaN(value))
  ) ?? columns[0] ?? null;
}

/**
 * Rows with the highest (or lowest) values, most extreme first; equal values in source order.
 *
 * @param {Float64Array} values NaN for no value; never selected.
 * @param {number} count Most rows.
 * @param {boolean} highest
 * @param {Float64Array} [ties] Order rows of equal values, highest first.
 * @returns {number[]}
 */
export function extremes(values, count, highest, ties) {
  const sign = highest ? 1 : -1;
  const isBefore = (/** @type {number} */ a, /** @type {number} */ b) => {
    const apart = (values[a] - values[b]) * sign;
    return apart > 0 || (apart === 0 && ties !== undefined && ties[a] > ties[b]);
  };
  /** @type {number[]} Rows, sorted. */
  const found = [];
  for (let row = 0; row < values.length; row++) {
    if (Number.isNaN(values[row])) continue;
    if (found.length === count && !isBefore(row, found[count - 1])) continue;
    let place = found.length;
    while (place > 0 && isBefore(row, found[place - 1])) place--;
    found.splice(place, 0, row);
    if (found.length > count) found.pop();
  }
  return found;
}
