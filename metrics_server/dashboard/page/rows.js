/** The rows of the table: matching, sorted and in sight. */

/** @typedef {import("./model.js").Column} Column */

/**
 * Sorts rows by a column, in place. Rows without a value come last in both directions; equal rows
 * keep the source order.
 *
 * @param {Uint32Array<ArrayBuffer>} rows In source order.
 * @param {Float64Array | Int32Array} keys NaN for no value.
 * @param {boolean} descending
 * @param {Float64Array} [ties] Keys of rows with equal keys.
 */
export function sortRows(rows, keys, descending, ties) {
  const sign = descending ? -1 : 1;
  return rows.sort((a, b) => {
    const key_a = keys[a];
    const key_b = keys[b];
    if (key_a === key_b) return (ties === undefined ? 0 : (ties[a] - ties[b]) * sign) || a - b;
    // NaN is not equal to itself.
    if (key_a !== key_a) return key_b !== key_b ? a - b : 1;
    if (key_b !== key_b) return -1;
    return (key_a - key_b) * sign;
  });
}

/**
 * Numbers in the sort order of the column's values.
 *
 * @param {Column} column
 * @returns {Float64Array}
 */
export function sortKeys(column) {
  if (column.kind === "number") return column.values;
  return Float64Array.from(column.codes, rankOf(column.words));
}

/** Numbers in the sort order of the ids: `sw-9` before `sw-10`. @param {readonly string[]} ids */
export function idKeys(ids) {
  const rank = rankOf(ids);
  return Float64Array.from(ids, (_, row) => rank(row));
}

const COLLATOR = new Intl.Collator("en", { numeric: true });

/** @param {readonly string[]} words */
function rankOf(words) {
  const ranks = new Float64Array(words.length);
  Array.from(words.keys())
    .sort((a, b) => COLLATOR.compare(words[a], words[b]))
    .forEach((code, rank) => ranks[code] = rank);
  return (/** @type {number} */ code) => code < 0 ? NaN : ranks[code];
}

/** Rows kept above and below the visible rows. */
const MARGIN_ROWS = 6;

/**
 * @param {object} place
 * @param {number} place.count Number of rows.
 * @param {number} place.row_px Height of a row.
 * @param {number} place.scroll_px How far the table is scrolled.
 * @param {number} place.height_px Visible height.
 * @returns {{ from: number, to: number }} Row numbers, `to` not included.
 */
export function windowOf({ count, row_px, scroll_px, height_px }) {
  const first = Math.floor(scroll_px / row_px) - MARGIN_ROWS;
  const visible = Math.ceil(height_px / row_px) + 2 * MARGIN_ROWS;
  // An even start keeps the stripes of rows.
  const from = Math.max(0, Math.min(first, count - visible)) & ~1;
  return { from, to: Math.min(count, from + visible + 1) };
}

/**
 * Scroll position that shows a row; unchanged if the row is visible.
 *
 * @param {number} row
 * @param {object} place
 * @param {number} place.row_px
 * @param {number} place.scroll_px
 * @param {number} place.height_px
 */
export function scrollTo(row, { row_px, scroll_px, height_px }) {
  const top_px = row * row_px;
  if (top_px < scroll_px) return top_px;
  const least_px = top_px + row_px - height_px;
  return least_px > scroll_px ? least_px : scroll_px;
}
