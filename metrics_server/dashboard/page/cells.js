/** Layout of the heat map: rows of the largest squares that fit. */

const CELL_PX_MAX = 56;
const GAP_FROM_PX = 4;
export const LABEL_FROM_PX = 46;

/**
 * @typedef {object} Cells
 * @property {number} count
 * @property {number} columns
 * @property {number} rows
 * @property {number} side Side of a cell with its gap, CSS pixels; whole device pixels.
 * @property {number} gap Empty CSS pixels of `side`; whole device pixels.
 */

/**
 * The largest squares that fit.
 *
 * @param {number} count
 * @param {number} width Available CSS pixels.
 * @param {number} height
 * @param {number} device_ratio Device pixels per CSS pixel.
 * @returns {Cells}
 */
export function layOut(count, width, height, device_ratio) {
  const fits = (/** @type {number} */ device_px) => {
    const columns = Math.max(1, Math.floor((width * device_ratio) / device_px));
    return Math.ceil(count / columns) * device_px <= height * device_ratio;
  };
  let device_px = Math.max(1, Math.floor(CELL_PX_MAX * device_ratio));
  while (device_px > 1 && !fits(device_px)) device_px--;
  const side = device_px / device_ratio;
  const columns = Math.max(1, Math.min(Math.max(1, count), Math.floor(width / side + 1e-6)));
  const gap_device_px = side < GAP_FROM_PX ? 0 : Math.max(1, Math.round(device_px / 16));
  return {
    count,
    columns,
    rows: Math.ceil(count / columns),
    side,
    gap: gap_device_px / device_ratio,
  };
}

/**
 * The cell at a position; −1 outside the map.
 *
 * @param {Cells} cells
 * @param {number} x
 * @param {number} y
 */
export function cellAt({ count, columns, rows, side }, x, y) {
  const column = Math.floor(x / side);
  const row = Math.floor(y / side);
  if (column < 0 || column >= columns || row < 0 || row >= rows) return -1;
  const cell = row * columns + column;
  return cell < count ? cell : -1;
}

/**
 * The cell that an arrow key moves to.
 *
 * @param {Cells} cells
 * @param {number} cell
 * @param {string} key `KeyboardEvent.key`
 */
export function cellBeside({ count, columns }, cell, key) {
  const last = count - 1;
  const row_from = cell - (cell % columns);
  switch (key) {
    case "ArrowLeft":
      return Math.max(0, cell - 1);
    case "ArrowRight":
      return Math.min(last, cell + 1);
    case "ArrowUp":
      return cell - columns < 0 ? cell : cell - columns;
    case "ArrowDown":
      return cell + columns > last ? cell : cell + columns;
    case "Home":
      return row_from;
    case "End":
      return Math.min(last, row_from + columns - 1);
    default:
      return cell;
  }
}
