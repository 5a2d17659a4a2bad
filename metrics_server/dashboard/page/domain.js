/** Ranges of values for colors and axes, their distribution and their extremes. */

export const BARS = 48;

/**
 * Smallest and greatest value; null without values.
 *
 * @param {Float64Array} values
 * @returns {{ min: number, max: number } | null}
 */
export function extent(values) {
  let min = Infinity;
  let max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
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
 * @param {{ min: number, max: number }} domain
 */
export function histogram(values, { min, max }) {
  const bars = new Uint32Array(BARS);
  let missing = 0;
  const scale = BARS / (max - min);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (Number.isNaN(value)) missing++;
    else bars[Math.min(BARS - 1, Math.max(0, Math.floor((value - min) * scale)))]++;
  }
  return { bars, missing };
}

/**
 * The initial column of the map: the first numeric column that is not a time, or else the first.
 *
 * @param {readonly import("./model.js").Column[]} columns
 * @returns {import("./model.js").Column | null}
 */
export function firstMetric(columns) {
  return columns.find((column) =>
    column.kind === "number" && !/time/i.test(column.name) &&
    column.values.some((value) => !Number.isNaN(value))
  ) ?? columns[0] ?? null;
}

/**
 * Rows with the highest (or lowest) values, most extreme first; equal values in source order.
 *
 * @param {Float64Array} values NaN for no value; never selected.
 * @param {number} count Most rows.
 * @param {boolean} highest
 * @returns {number[]}
 */
export function extremes(values, count, highest) {
  const sign = highest ? 1 : -1;
  /** @type {number[]} Rows, sorted. */
  const found = [];
  for (let row = 0; row < values.length; row++) {
    const value = values[row] * sign;
    // Also skips NaN.
    if (!(found.length < count ? value === value : value > values[found[count - 1]] * sign)) {
      continue;
    }
    let place = found.length;
    while (place > 0 && value > values[found[place - 1]] * sign) place--;
    found.splice(place, 0, row);
    if (found.length > count) found.pop();
  }
  return found;
}
