/** The heat map: one cell per switch, in source order. */
import { cellAt, cellBeside, LABEL_FROM_PX, layOut } from "./cells.js";
import { colorScale, faded, packed, stepOf, STEPS } from "./color_scale.js";
import { byId, DARK, oncePerFrame, setText } from "./dom.js";
import { BARS, extent, histogram, roundDomain } from "./domain.js";
import { counted, formatCell, formatCount, formatScale, formatShort, noun } from "./format.js";

/** @typedef {import("./model.js").Column} Column */

/** Bounds of the map's height in CSS pixels. */
const HEIGHT_PX_MIN = 150;
const HEIGHT_PX_MAX = 430;

export class HeatMap {
  #canvas = /** @type {HTMLCanvasElement} */ (byId("heat"));
  #box = byId("heat-box");
  #legend = /** @type {HTMLCanvasElement} */ (byId("legend"));
  #cursor = byId("heat-cursor");
  #chosen = byId("heat-chosen");
  #small = document.createElement("canvas");
  /** @type {readonly string[]} */
  #ids = [];
  /** @type {Column | null} */
  #column = null;
  /** @type {Uint8Array | null} 1 for each row found by the search; null without a search. */
  #found = null;
  #cells = layOut(0, 1, 1, 1);
  #domain = { min: 0, max: 1 };
  #at = -1;
  #chosen_row = -1;
  #width = 0;
  #colors = colorScale("light");
  #draw = oncePerFrame(() => this.#drawNow());

  /** @param {(row: number) => void} onChoose */
  constructor(onChoose) {
    new ResizeObserver(([entry]) => {
      if (entry.contentRect.width === this.#width) return;
      this.#width = entry.contentRect.width;
      this.#draw();
    }).observe(this.#box);
    DARK.addEventListener("change", this.#draw);
    this.#canvas.addEventListener("pointermove", (event) => this.#moveTo(this.#cellOf(event)));
    this.#canvas.addEventListener("pointerleave", () => this.#moveTo(-1));
    this.#canvas.addEventListener("click", (event) => {
      const cell = this.#cellOf(event);
      if (cell >= 0) onChoose(cell);
    });
    this.#canvas.addEventListener("keydown", (event) => {
      if (this.#ids.length === 0) return;
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        if (this.#at >= 0) onChoose(this.#at);
        return;
      }
      const next = cellBeside(this.#cells, Math.max(0, this.#at), event.key);
      if (!/^(Arrow|Home|End)/.test(event.key)) return;
      event.preventDefault();
      this.#moveTo(this.#at < 0 ? Math.max(0, this.#chosen_row) : next);
    });
    this.#canvas.addEventListener("blur", () => this.#moveTo(-1));
  }

  /** @param {readonly string[]} ids @param {Column | null} column */
  show(ids, column) {
    this.#ids = ids;
    this.#column = column;
    this.#draw();
  }

  /** @param {Uint32Array | null} rows Rows found by the search; null without a search. */
  find(rows) {
    this.#found = null;
    if (rows !== null) {
      this.#found = new Uint8Array(this.#ids.length);
      for (const row of rows) this.#found[row] = 1;
    }
    this.#draw();
  }

  /** @param {number} row −1 for none. */
  choose(row) {
    this.#chosen_row = row;
    this.#place(this.#chosen, row);
  }

  /** @param {MouseEvent} event */
  #cellOf({ offsetX, offsetY }) {
    return cellAt(this.#cells, offsetX, offsetY);
  }

  /** @param {number} cell */
  #moveTo(cell) {
    if (cell === this.#at) return;
    this.#at = cell;
    this.#place(this.#cursor, cell);
    this.#showReadout();
  }

  /** @param {HTMLElement} frame @param {number} cell */
  #place(frame, cell) {
    const { columns, side, gap, count } = this.#cells;
    frame.hidden = cell < 0 || cell >= count;
    if (frame.hidden) return;
    const size = Math.max(side - gap, 3);
    frame.style.width = frame.style.height = `${size}px`;
    const x = (cell % columns) * side;
    const y = Math.floor(cell / columns) * side;
    frame.style.transform = `translate(${x}px, ${y}px)`;
  }

  #showReadout() {
    const column = this.#column;
    const text = this.#at < 0 || column === null
      ? ""
      : `${this.#ids[this.#at]}: ${formatCell(column, this.#at)}`;
    setText(byId("heat-readout"), text);
    this.#drawLegend();
  }

  #drawNow() {
    const column = this.#column;
    if (column === null || this.#width === 0) return;
    const ratio = devicePixelRatio || 1;
    const count = this.#ids.length;
    const room = Math.min(HEIGHT_PX_MAX, Math.max(HEIGHT_PX_MIN, innerHeight * 0.5));
    this.#cells = layOut(count, this.#width, room, ratio);
    const values = numbersOf(column);
    this.#domain = column.kind === "number"
      ? roundDomain(extent(values))
      : { min: 0, max: Math.max(1, column.words.length - 1) };
    this.#colors = colorScale(DARK.matches ? "dark" : "light");
    this.#drawCells(values, ratio);
    this.#place(this.#cursor, this.#at);
    this.#place(this.#chosen, this.#chosen_row);
    const { missing } = histogram(values, this.#domain);
    setText(byId("legend-null"), `no value: ${missing === 0 ? "none" : formatCount(missing)}`);
    const [low, middle, high] = this.#ends();
    setText(byId("legend-min"), low);
    setText(byId("legend-middle"), middle);
    setText(byId("legend-max"), high);
    this.#canvas.setAttribute(
      "aria-label",
      `Heat map of ${column.name}, ${counted(count, ...noun)}, from ${low} to ${high}: ` +
        `arrow keys move, Enter chooses a ${noun[0]}`,
    );
    this.#showReadout();
  }

  /** @returns {[string, string, string]} */
  #ends() {
    const { min, max } = this.#domain;
    const column = this.#column;
    if (column?.kind === "text") return [column.words[0] ?? "", "", column.words.at(-1) ?? ""];
    return formatScale(min, max);
  }

  /**
   * Draws each cell as one pixel of a small image, which is then enlarged. The work is the same for
   * 64 large cells and 20,000 small ones.
   *
   * @param {Float64Array} values
   * @param {number} ratio
   */
  #drawCells(values, ratio) {
    const { columns, rows, side, gap, count } = this.#cells;
    const small = this.#small;
    small.width = columns;
    small.height = rows;
    const paint = /** @type {CanvasRenderingContext2D} */ (small.getContext("2d"));
    const image = paint.createImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    const surface = getComputedStyle(this.#box).getPropertyValue("--surface").trim();
    const full = packed(this.#colors);
    const faint = packed(faded(this.#colors, rgbOf(surface)));
    const { min, max } = this.#domain;
    for (let cell = 0; cell < count; cell++) {
      const step = stepOf(values[cell], min, max);
      // A cell without a value stays transparent over the hatching.
      if (step >= 0) pixels[cell] = (this.#found?.[cell] === 0 ? faint : full)[step];
    }
    paint.putImageData(image, 0, 0);

    const canvas = this.#canvas;
    const width = Math.round(columns * side * ratio);
    const height = Math.round(rows * side * ratio);
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      canvas.style.width = `${width / ratio}px`;
      canvas.style.height = `${height / ratio}px`;
    }
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    context.clearRect(0, 0, width, height);
    context.imageSmoothingEnabled = false;
    context.drawImage(small, 0, 0, width, height);
    const cell_px = Math.round(side * ratio);
    const gap_px = Math.round(gap * ratio);
    context.fillStyle = surface;
    if (gap_px > 0) {
      for (let c = 1; c <= columns; c++) context.fillRect(c * cell_px - gap_px, 0, gap_px, height);
      for (let r = 1; r <= rows; r++) context.fillRect(0, r * cell_px - gap_px, width, gap_px);
    }
    const used = count - (rows - 1) * columns;
    if (used < columns) {
      context.fillRect(used * cell_px, (rows - 1) * cell_px, width, cell_px);
    }
    if (side >= LABEL_FROM_PX) this.#drawLabels(context, ratio, values);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} ratio
   * @param {Float64Array} values
   */
  #drawLabels(context, ratio, values) {
    const { columns, side, gap, count } = this.#cells;
    const style = getComputedStyle(this.#box);
    const ink = style.getPropertyValue("--ink");
    context.textAlign = "center";
    for (let cell = 0; cell < count; cell++) {
      const step = stepOf(values[cell], this.#domain.min, this.#domain.max);
      const is_plain = step < 0 || this.#found?.[cell] === 0;
      context.fillStyle = is_plain ? ink : this.#inkOn(step);
      const x = ((cell % columns) * side + (side - gap) / 2) * ratio;
      const y = (Math.floor(cell / columns) * side + (side - gap) / 2) * ratio;
      context.font = `600 ${12 * ratio}px ${style.fontFamily}`;
      const text = Number.isNaN(values[cell]) ? "–" : formatShort(values[cell]);
      context.fillText(text, x, y - 2 * ratio);
      context.font = `${10 * ratio}px ${style.fontFamily}`;
      const id = this.#ids[cell];
      context.fillText(id.length > 8 ? `…${id.slice(-7)}` : id, x, y + 12 * ratio);
    }
  }

  /** @param {number} step */
  #inkOn(step) {
    const [red, green, blue] = this.#colors.subarray(step * 3, step * 3 + 3);
    return red * 0.3 + green * 0.59 + blue * 0.11 > 135 ? "#10161d" : "#ffffff";
  }

  #drawLegend() {
    const column = this.#column;
    if (column === null) return;
    const ratio = devicePixelRatio || 1;
    const legend = this.#legend;
    const width = Math.max(1, Math.round(legend.clientWidth * ratio));
    const height = Math.max(1, Math.round(legend.clientHeight * ratio));
    if (legend.width !== width) legend.width = width;
    if (legend.height !== height) legend.height = height;
    const context = /** @type {CanvasRenderingContext2D} */ (legend.getContext("2d"));
    context.clearRect(0, 0, width, height);
    const { bars } = histogram(numbersOf(column), this.#domain);
    const most = Math.max(1, ...bars);
    const strip_px = Math.round(9 * ratio);
    const room_px = height - strip_px - ratio;
    for (let bar = 0; bar < BARS; bar++) {
      const x = Math.round((bar / BARS) * width);
      const next = Math.round(((bar + 1) / BARS) * width);
      const step = Math.min(STEPS - 1, Math.round(((bar + 0.5) / BARS) * STEPS));
      const [red, green, blue] = this.#colors.subarray(step * 3, step * 3 + 3);
      context.fillStyle = `rgb(${red} ${green} ${blue})`;
      context.fillRect(x, height - strip_px, next - x, strip_px);
      if (bars[bar] === 0) continue;
      context.fillStyle = getComputedStyle(this.#box).getPropertyValue("--bars");
      const bar_px = Math.max(ratio, (Math.sqrt(bars[bar] / most)) * room_px);
      context.fillRect(x, room_px - bar_px, Math.max(1, next - x - ratio), bar_px);
    }
    const value = this.#at < 0 ? NaN : numbersOf(column)[this.#at];
    if (Number.isNaN(value)) return;
    const { min, max } = this.#domain;
    context.fillStyle = getComputedStyle(this.#box).getPropertyValue("--ink");
    const x = ((value - min) / (max - min)) * width;
    context.fillRect(Math.min(width - 2 * ratio, Math.max(0, x - ratio)), 0, 2 * ratio, height);
  }
}

/**
 * @param {string} color `#rrggbb`
 * @returns {number[]}
 */
function rgbOf(color) {
  return [1, 3, 5].map((at) => parseInt(color.slice(at, at + 2), 16));
}

/** @param {Column} column */
function numbersOf(column) {
  if (column.kind === "number") return column.values;
  return Float64Array.from(column.codes, (code) => code < 0 ? NaN : code);
}
