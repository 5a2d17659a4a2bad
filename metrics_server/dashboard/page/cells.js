/**
 * Layout of the heat map: rows of the largest squares that fit. The ports of a switch are a block
 * with a free square around it.
 */

const CELL_PX_MAX = 56;
const GAP_FROM_PX = 4;
export const LABEL_FROM_PX = 46;

/** Width of a block to its height. */
const BLOCK_ASPECT = 1.6;

/**
 * @typedef {object} Cells
 * @property {number} columns
 * @property {number} rows
 * @property {number} side Side of a cell with its gap, CSS pixels; whole device pixels.
 * @property {number} gap Empty CSS pixels of `side`; whole device pixels.
 * @property {Uint32Array} places Cell of each item, line by line.
 * @property {Int32Array} items Item of each cell; −1 for none.
 */

/**
 * The largest squares that fit.
 *
 * @param {number} count
 * @param {number} width Available CSS pixels.
 * @param {number} height
 * @param {number} device_ratio Device pixels per CSS pixel.
 * @param {import("./groups.js").Groups | null} [groups]
 * @returns {Cells}
 */
export function layOut(count, width, height, device_ratio, groups = null) {
  const [wide_px, high_px] = [width * device_ratio, height * device_ratio];
  const blocks = groups === null || groups.most < 2 ? null : blocksOf(groups);
  const across = blocks === null ? 1 : blocks.across + 1;
  const down = blocks === null ? 1 : blocks.down + 1;
  const free = blocks === null ? 0 : 1;
  const total = blocks === null ? count : blocks.count;
  // The last block of a line needs no free square.
  const perLine = (/** @type {number} */ px) =>
    Math.max(1, Math.floor((wide_px / px + free + 1e-6) / across));
  const fits = (/** @type {number} */ px) =>
    (Math.ceil(total / perLine(px)) * down - free) * px <= high_px &&
    across - free <= wide_px / px;
  let px = Math.max(1, Math.floor(CELL_PX_MAX * device_ratio));
  while (px > 1 && !fits(px)) px--;
  if (blocks !== null && !fits(px)) return layOut(count, width, height, device_ratio);
  const line = Math.min(Math.max(1, total), perLine(px));
  const columns = line * across - free;
  const rows = Math.ceil(total / line) * down - free;
  const places = Uint32Array.from({ length: count }, (_, item) => {
    if (groups === null || blocks === null) return item;
    const group = groups.of[item];
    const rank = groups.ranks[item];
    const x = (group % line) * across + rank % blocks.across;
    const y = Math.floor(group / line) * down + Math.floor(rank / blocks.across);
    return y * columns + x;
  });
  const items = new Int32Array(Math.max(0, columns * rows)).fill(-1);
  places.forEach((place, item) => items[place] = item);
  const side = px / device_ratio;
  const gap_px = side < GAP_FROM_PX ? 0 : Math.max(1, Math.round(px / 16));
  return { columns, rows, side, gap: gap_px / device_ratio, places, items };
}

/** @param {import("./groups.js").Groups} groups */
function blocksOf({ names, most }) {
  const across = Math.ceil(Math.sqrt(most * BLOCK_ASPECT));
  return { across, down: Math.ceil(most / across), count: names.length };
}

/**
 * The item at a position; −1 for none.
 *
 * @param {Cells} cells
 * @param {number} x
 * @param {number} y
 */
export function itemAt({ columns, rows, side, items }, x, y) {
  const column = Math.floor(x / side);
  const row = Math.floor(y / side);
  if (column < 0 || column >= columns || row < 0 || row >= rows) return -1;
  return items[row * columns + column];
}

/**
 * The item that an arrow key moves to: the next one in that direction, across free cells.
 *
 * @param {Cells} cells
 * @param {number} item
 * @param {string} key `KeyboardEvent.key`
 */
export function itemBeside({ columns, rows, places, items }, item, key) {
  const x = places[item] % columns;
  const y = Math.floor(places[item] / columns);
  /** @param {number} from_x @param {number} from_y @param {number} dx @param {number} dy */
  const first = (from_x, from_y, dx, dy) => {
    for (
      let [to_x, to_y] = [from_x, from_y];
      to_x >= 0 && to_x < columns && to_y >= 0 && to_y < rows;
      to_x += dx, to_y += dy
    ) {
      const found = items[to_y * columns + to_x];
      if (found >= 0) return found;
    }
    return item;
  };
  switch (key) {
    case "ArrowLeft":
      return first(x - 1, y, -1, 0);
    case "ArrowRight":
      return first(x + 1, y, 1, 0);
    case "ArrowUp":
      return first(x, y - 1, 0, -1);
    case "ArrowDown":
      return first(x, y + 1, 0, 1);
    case "Home":
      return first(0, y, 1, 0);
    case "End":
      return first(columns - 1, y, -1, 0);
    default:
      return item;
  }
}
