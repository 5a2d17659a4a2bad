/** The heat map: one cell per row in source order, or the ports of each switch in a block. */
import { itemAt, itemBeside, LABEL_FROM_PX, layOut } from "./cells.js";
import { colorScale, faded, packed, stepOf } from "./color_scale.js";
import { byId, DARK, oncePerFrame, setText } from "./dom.js";
import { domainOf } from "./domain.js";
import { counted, descriptionOf, formatShort, formatValue, nameAndUnit, noun } from "./format.js";
import { groupsOf } from "./groups.js";
import { drawLegend, showLegend } from "./legend.js";

/** @typedef {import("./model.js").Column} Column */

/** Bounds of the map's height in CSS pixels. */
const HEIGHT_PX_MIN = 150;
const HEIGHT_PX_MAX = 430;

export class HeatMap {
  #canvas = /** @type {HTMLCanvasElement} */ (byId("heat"));
  #box = byId("heat-box");
  #cursor = byId("heat-cursor");
  #chosen = byId("heat-chosen");
  #small = document.createElement("canvas");
  /** @type {readonly string[]} */
  #ids = [];
  /** @type {import("./groups.js").Groups | null} */
  #groups = null;
  /** @type {Column | null} */
  #column = null;
  /** @type {readonly Column[]} All columns: a row's description, and why it is among the worst. */
  #columns = [];
  /** @type {Uint8Array | null} 1 for each row found by the search; null without a search. */
  #found = null;
  #cells = layOut(0, 1, 1, 1);
  /** What `#cells` is laid out for. */
  #size = "";
  /** @type {import("./groups.js").Groups | null} */
  #laid_out = null;
  /** @type {import("./domain.js").Domain} */
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
      const next = itemBeside(this.#cells, Math.max(0, this.#at), event.key);
      if (!/^(Arrow|Home|End)/.test(event.key)) return;
      event.preventDefault();
      this.#moveTo(this.#at < 0 ? Math.max(0, this.#chosen_row) : next);
    });
    this.#canvas.addEventListener("blur", () => this.#moveTo(-1));
  }

  /**
   * @param {readonly string[]} ids
   * @param {Column | null} column
   * @param {readonly Column[]} columns
   */
  show(ids, column, columns) {
    if (ids !== this.#ids) this.#groups = groupsOf(ids);
    this.#ids = ids;
    this.#column = column;
    this.#columns = columns;
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
    return itemAt(this.#cells, offsetX, offsetY);
  }

  /** @param {number} cell */
  #moveTo(cell) {
    if (cell === this.#at) return;
    this.#at = cell;
    this.#place(this.#cursor, cell);
    this.#showReadout();
  }

  /** @param {HTMLElement} frame @param {number} row */
  #place(frame, row) {
    const { columns, side, gap, places } = this.#cells;
    frame.hidden = row < 0 || row >= places.length;
    if (frame.hidden) return;
    const size = Math.max(side - gap, 3);
    frame.style.width = frame.style.height = `${size}px`;
    const x = (places[row] % columns) * side;
    const y = Math.floor(places[row] / columns) * side;
    frame.style.transform = `translate(${x}px, ${y}px)`;
  }

  #showReadout() {
    const column = this.#column;
    const text = this.#at < 0 || column === null
      ? ""
      : `${this.#nameOf(this.#at)}: ${formatValue(column, this.#columns, this.#at)}`;
    setText(byId("heat-readout"), text);
    this.#drawLegend();
  }

  /** @param {number} row */
  #nameOf(row) {
    const text = descriptionOf(this.#columns, row);
    return text === "" ? this.#ids[row] : `${text} · ${this.#ids[row]}`;
  }

  #drawNow() {
    const column = this.#column;
    if (column === null || this.#width === 0) return;
    const ratio = devicePixelRatio || 1;
    const count = this.#ids.length;
    const room = Math.min(HEIGHT_PX_MAX, Math.max(HEIGHT_PX_MIN, innerHeight * 0.5));
    const size = `${count} ${this.#width} ${room} ${ratio}`;
    if (size !== this.#size || this.#groups !== this.#laid_out) {
      this.#size = size;
      this.#laid_out = this.#groups;
      this.#cells = layOut(count, this.#width, room, ratio, this.#groups);
    }
    const values = numbersOf(column);
    this.#domain = column.kind === "number"
      ? domainOf(column)
      : { min: 0, max: Math.max(1, column.words.length - 1) };
    this.#colors = colorScale(DARK.matches ? "dark" : "light");
    this.#drawCells(values, ratio);
    this.#place(this.#cursor, this.#at);
    this.#place(this.#chosen, this.#chosen_row);
    const [low, , high] = showLegend(column, values, this.#domain);
    this.#canvas.setAttribute(
      "aria-label",
      `Heat map of ${nameAndUnit(column.name, column.info).join(" ").trim()}, ${
        counted(count, ...noun)
      }, from ${low} to ${high}: ` +
        `arrow keys move, Enter chooses a ${noun[0]}`,
    );
    this.#showReadout();
  }

  /**
   * Draws each cell as one pixel of a small image, which is then enlarged. The work is the same for
   * 64 large cells and 20,000 small ones.
   *
   * @param {Float64Array} values
   * @param {number} ratio
   */
  #drawCells(values, ratio) {
    const { columns, rows, side, gap, places, items } = this.#cells;
    const small = this.#small;
    small.width = columns;
    small.height = rows;
    const paint = /** @type {CanvasRenderingContext2D} */ (small.getContext("2d"));
    const image = paint.createImageData(columns, rows);
    const pixels = new Uint32Array(image.data.buffer);
    const surface = getComputedStyle(this.#box).getPropertyValue("--surface").trim();
    const full = packed(this.#colors);
    const ground = rgbOf(surface);
    const faint = packed(faded(this.#colors, ground));
    const free = 0xff000000 | ground[2] << 16 | ground[1] << 8 | ground[0];
    for (let place = 0; place < items.length; place++) if (items[place] < 0) pixels[place] = free;
    for (let row = 0; row < places.length; row++) {
      const step = stepOf(values[row], this.#domain);
      // A cell without a value stays transparent over the hatching.
      if (step >= 0) pixels[places[row]] = (this.#found?.[row] === 0 ? faint : full)[step];
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
    if (side >= LABEL_FROM_PX) this.#drawLabels(context, ratio, values);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {number} ratio
   * @param {Float64Array} values
   */
  #drawLabels(context, ratio, values) {
    const { columns, side, gap, places } = this.#cells;
    const style = getComputedStyle(this.#box);
    const ink = style.getPropertyValue("--ink");
    context.textAlign = "center";
    for (let row = 0; row < places.length; row++) {
      const step = stepOf(values[row], this.#domain);
      const is_plain = step < 0 || this.#found?.[row] === 0;
      context.fillStyle = is_plain ? ink : this.#inkOn(step);
      const x = ((places[row] % columns) * side + (side - gap) / 2) * ratio;
      const y = (Math.floor(places[row] / columns) * side + (side - gap) / 2) * ratio;
      context.font = `600 ${12 * ratio}px ${style.fontFamily}`;
      const text = Number.isNaN(values[row]) ? "–" : formatShort(values[row]);
      context.fillText(text, x, y - 2 * ratio);
      context.font = `${10 * ratio}px ${style.fontFamily}`;
      const id = this.#ids[row];
      const end = this.#groups === null ? `…${id.slice(-7)}` : id.slice(id.lastIndexOf(":"));
      context.fillText(id.length > 8 ? end : id, x, y + 12 * ratio);
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
    const values = numbersOf(column);
    const value = this.#at < 0 ? NaN : values[this.#at];
    drawLegend({ values, domain: this.#domain, colors: this.#colors, value });
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
