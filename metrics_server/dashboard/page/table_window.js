/** Which rows of a long table are worth having: those in sight and a few around. */

/** Rows kept above and below what is in sight. */
const MARGIN_ROWS = 6;

/**
 * @param {object} place
 * @param {number} place.count Rows there are.
 * @param {number} place.row_px Height of a row.
 * @param {number} place.scroll_px How far the table is scrolled.
 * @param {number} place.height_px Height of what is in sight.
 * @returns {{ from: number, to: number }} Row numbers, `to` not included.
 */
export function windowOf({ count, row_px, scroll_px, height_px }) {
  const first = Math.floor(scroll_px / row_px) - MARGIN_ROWS;
  const in_sight = Math.ceil(height_px / row_px) + 2 * MARGIN_ROWS;
  // Even starts: striped rows keep their stripe.
  const from = Math.max(0, Math.min(first, count - in_sight)) & ~1;
  return { from, to: Math.min(count, from + in_sight + 1) };
}

/**
 * How far to scroll so that a row is in sight; the same where it is.
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
