/** The rows at the ends of a column. */

/**
 * Rows with the highest values (or lowest), the outermost first; equal ones in the source's order.
 *
 * @param {Float64Array} values NaN where there is none: never among them.
 * @param {number} count How many at most.
 * @param {boolean} highest
 * @returns {number[]}
 */
export function extremes(values, count, highest) {
  const sign = highest ? 1 : -1;
  /** @type {number[]} Rows, sorted. */
  const found = [];
  for (let row = 0; row < values.length; row++) {
    const value = values[row] * sign;
    // Also where the value is NaN.
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
