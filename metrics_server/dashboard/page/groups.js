/** Ports grouped by their switch: the part of an id before its last colon. */

/**
 * @typedef {object} Groups
 * @property {string[]} names
 * @property {Uint32Array} of Group of each row.
 * @property {Uint32Array} ranks Number of each row in its group, from 0.
 * @property {number} most Rows of the largest group.
 */

/**
 * Groups in order of their first rows; null if the ids name no ports.
 *
 * @param {readonly string[]} ids
 * @returns {Groups | null}
 */
export function groupsOf(ids) {
  /** @type {Map<string, number>} */
  const known = new Map();
  /** @type {number[]} */
  const sizes = [];
  const of = new Uint32Array(ids.length);
  const ranks = new Uint32Array(ids.length);
  for (let row = 0; row < ids.length; row++) {
    const end = ids[row].lastIndexOf(":");
    if (end <= 0) return null;
    const name = ids[row].slice(0, end);
    let group = known.get(name);
    if (group === undefined) {
      group = known.size;
      known.set(name, group);
      sizes.push(0);
    }
    of[row] = group;
    ranks[row] = sizes[group]++;
  }
  if (known.size === 0) return null;
  return { names: [...known.keys()], of, ranks, most: sizes.reduce((a, b) => Math.max(a, b)) };
}

/** In an order of rows, an entry from here on is the head of group `entry − HEAD`. */
export const HEAD = 2 ** 31;

/**
 * Sorted rows with those of a group together, under its head. Groups are in the order of their
 * first rows.
 *
 * @param {Uint32Array} rows
 * @param {Groups} groups
 * @returns {Uint32Array<ArrayBuffer>}
 */
export function grouped(rows, { names, of }) {
  const counts = new Uint32Array(names.length);
  const starts = new Uint32Array(names.length);
  for (const row of rows) counts[of[row]]++;
  const order = new Uint32Array(rows.length + counts.reduce((sum, n) => sum + (n > 0 ? 1 : 0), 0));
  let end = 0;
  for (const row of rows) {
    const group = of[row];
    if (counts[group] > 0) {
      order[end] = HEAD + group;
      starts[group] = end + 1;
      end += counts[group] + 1;
      counts[group] = 0;
    }
    order[starts[group]++] = row;
  }
  return order;
}
