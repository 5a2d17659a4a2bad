/**
 * Thresholds per metric, and the rows that are furthest above theirs.
 *
 * The defaults are choices of this project, not of a standard: errors per second for counters, the
 * value itself for others. A port is as bad as its worst metric, measured in thresholds.
 */
import { shortName } from "./format.js";

/** @typedef {import("./model.js").Column} Column */

/** A fabric with as many metrics that have a threshold is shown worst rows first. */
export const THRESHOLDS_MIN = 2;

/** Once per hour: a link that went down at all is worth a look. */
const HOURLY = 0.0003;

/**
 * Default thresholds by name, without UFM's suffixes. 0.1 symbol errors per second is a bit error
 * ratio of 10⁻¹² at 100 Gb/s.
 *
 * @type {Readonly<Record<string, number>>}
 */
const DEFAULTS = {
  symbolerror: 0.1,
  linkerrorrecovery: HOURLY,
  linkdowned: HOURLY,
  portrcverrors: 0.1,
  portrcvremotephysicalerrors: 0.1,
  portrcvswitchrelayerrors: 10,
  portxmitdiscards: 1,
  portxmitconstrainterrors: 0.1,
  portrcvconstrainterrors: 0.1,
  locallinkintegrityerrors: 0.01,
  excessivebufferoverrunerrors: 0.01,
  vl15dropped: 1,
  raw_ber: 1e-5,
  effective_ber: 1e-12,
  symbol_ber: 1e-12,
  chip_temp: 85,
};

/** Default threshold of other counters of errors, per second. */
const ERRORS = 1;

/**
 * The threshold of a column; 0 for none. For a rate, it has the name of the counter.
 *
 * @param {string} name
 * @param {import("./model.js").Info} info
 * @param {Readonly<Record<string, number>>} own
 */
export function thresholdOf(name, { of, is_error }, own) {
  const metric = of ?? name;
  const usual = DEFAULTS[shortName(metric).toLowerCase()];
  return own[metric] ?? usual ?? (is_error && of !== null ? ERRORS : 0);
}

/**
 * @typedef {object} Worst How bad each row is.
 * @property {Float64Array} ratios Value ÷ threshold of the worst metric; NaN without a value.
 * @property {Float64Array} sums Sum of all ratios, which orders equally bad rows.
 * @property {Int16Array} which Index of the worst metric's column; −1 for none.
 * @property {number} over Rows at or above a threshold.
 */

/**
 * @param {readonly Column[]} columns Counters count only as rates.
 * @param {number} rows
 * @param {Readonly<Record<string, number>>} own
 * @returns {Worst | null} Null if fewer than {@link THRESHOLDS_MIN} columns have a threshold.
 */
export function worstOf(columns, rows, own) {
  const ratios = new Float64Array(rows).fill(NaN);
  const sums = new Float64Array(rows);
  const which = new Int16Array(rows).fill(-1);
  let judged = 0;
  columns.forEach((column, index) => {
    if (column.kind !== "number" || column.info.kind === "counter") return;
    const threshold = thresholdOf(column.name, column.info, own);
    if (threshold === 0) return;
    judged++;
    const { values } = column;
    for (let row = 0; row < rows; row++) {
      const ratio = values[row] / threshold;
      if (ratio !== ratio) continue;
      sums[row] += ratio;
      if (ratio <= ratios[row]) continue;
      ratios[row] = ratio;
      which[row] = index;
    }
  });
  if (judged < THRESHOLDS_MIN) return null;
  let over = 0;
  for (let row = 0; row < rows; row++) if (ratios[row] >= 1) over++;
  return { ratios, sums, which, over };
}
