/** The table of all switches and values; only visible rows have elements. */
import { byId, make, oncePerFrame, setEnds, setText } from "./dom.js";
import { extent, roundDomain } from "./domain.js";
import { counted, formatCell, formatCount, noun } from "./format.js";
import { scrollTo, windowOf } from "./rows.js";

/** @typedef {import("./model.js").Column} Column */

const ROW_PX = 28;
const BAR_COLUMNS_MAX = 6;

const TABLE = byId("table");
const HEAD = byId("table-head");
const BODY = byId("table-body");
const SCROLLER = byId("scroller");
const NOTE = byId("table-note");

export class TableView {
  /** @type {readonly string[]} */
  #ids = [];
  /** @type {readonly Column[]} */
  #columns = [];
  /** @type {Uint32Array} */
  #order = new Uint32Array();
  /** @type {({ min: number, max: number } | null)[]} Ranges of the bars. */
  #domains = [];
  #names = "";
  #active = 0;
  #chosen_row = -1;
  #above = spacer();
  #below = spacer();
  /** @type {HTMLElement[]} */
  #rows = [];
  /** Place of the first row. */
  #from = 0;
  /** @type {WeakMap<HTMLElement, string>} Place and content version that each row shows. */
  #shown = new WeakMap();
  /** Content version of the rows. */
  #content = 0;
  #drawScrolled = oncePerFrame(() => this.#drawNow());
  #draw = () => {
    this.#content++;
    this.#drawScrolled();
  };

  /** @param {(row: number) => void} onChoose @param {(name: string) => void} onSort */
  constructor(onChoose, onSort) {
    BODY.append(this.#above, this.#below);
    SCROLLER.addEventListener("scroll", this.#drawScrolled, { passive: true });
    new ResizeObserver(this.#drawScrolled).observe(SCROLLER);
    HEAD.addEventListener("click", ({ target }) => {
      const button = /** @type {Element} */ (target).closest("button");
      if (button !== null) onSort(/** @type {string} */ (button.dataset.name));
    });
    BODY.addEventListener("click", ({ target }) => {
      const line = /** @type {HTMLElement | null} */ (
        /** @type {Element} */ (target).closest("tr[data-place]")
      );
      if (line === null) return;
      this.#active = Number(line.dataset.place);
      onChoose(this.#order[this.#active]);
      this.#draw();
    });
    TABLE.addEventListener("keydown", (event) => {
      if (event.target !== TABLE) return;
      if (event.key === "Enter") {
        if (this.#active < this.#order.length) onChoose(this.#order[this.#active]);
        return;
      }
      const page = Math.max(1, Math.floor(this.#height() / ROW_PX) - 1);
      const to = this.#stepOf(event.key, page);
      if (to === null) return;
      event.preventDefault();
      this.#active = Math.max(0, Math.min(this.#order.length - 1, to));
      const height_px = this.#height();
      const scroll_px = SCROLLER.scrollTop;
      SCROLLER.scrollTop = scrollTo(this.#active, { row_px: ROW_PX, scroll_px, height_px });
      this.#draw();
    });
  }

  /** @param {readonly string[]} ids @param {readonly Column[]} columns */
  show(ids, columns) {
    this.#ids = ids;
    this.#columns = columns;
    const has_bars = columns.length <= BAR_COLUMNS_MAX;
    TABLE.classList.toggle("bars", has_bars);
    this.#domains = columns.map((column) =>
      has_bars && column.kind === "number" ? roundDomain(extent(column.values)) : null
    );
    const names = JSON.stringify(columns.map(({ name, kind }) => [name, kind]));
    if (names !== this.#names) {
      this.#names = names;
      this.#makeHead();
    }
    this.#draw();
  }

  /** @param {Uint32Array} order @param {import("./model.js").View} view */
  order(order, view) {
    this.#order = order;
    this.#active = Math.min(this.#active, Math.max(0, order.length - 1));
    this.showSort(view);
    const all = counted(this.#ids.length, ...noun);
    setText(NOTE, view.search.trim() === "" ? all : `${formatCount(order.length)} of ${all}`);
    this.#draw();
  }

  /** @param {number} row −1 for none. */
  choose(row) {
    this.#chosen_row = row;
    this.#draw();
  }

  /** @param {import("./model.js").View} view */
  showSort({ sort, descending }) {
    for (const head of HEAD.querySelectorAll("th")) {
      const is_sorted = head.querySelector("button")?.dataset.name === sort;
      const direction = descending ? "descending" : "ascending";
      if (is_sorted) head.setAttribute("aria-sort", direction);
      else head.removeAttribute("aria-sort");
    }
  }

  #height() {
    return SCROLLER.clientHeight - HEAD.offsetHeight;
  }

  /** @param {string} key @param {number} page */
  #stepOf(key, page) {
    /** @type {Record<string, number>} */
    const steps = { ArrowUp: -1, ArrowDown: 1, PageUp: -page, PageDown: page };
    if (key === "Home") return 0;
    if (key === "End") return this.#order.length - 1;
    return key in steps ? this.#active + steps[key] : null;
  }

  #makeHead() {
    const line = make("tr");
    for (const { name, kind } of [{ name: "", kind: "id" }, ...this.#columns]) {
      const cell = make("th", kind);
      cell.setAttribute("scope", "col");
      const button = make("button", "", name === "" ? "switch_id" : name);
      button.setAttribute("type", "button");
      button.dataset.name = name;
      cell.append(button);
      line.append(cell);
    }
    line.append(make("td", "rest"));
    HEAD.replaceChildren(line);
    TABLE.style.setProperty("--columns", String(this.#columns.length));
    TABLE.setAttribute("aria-colcount", String(this.#columns.length + 1));
    for (const row of this.#rows) row.remove();
    this.#rows = [];
  }

  #drawNow() {
    const count = this.#order.length;
    const place = { row_px: ROW_PX, scroll_px: SCROLLER.scrollTop, height_px: this.#height() };
    const { from, to } = windowOf({ count, ...place });
    setHeight(this.#above, from * ROW_PX);
    setHeight(this.#below, (count - to) * ROW_PX);
    TABLE.setAttribute("aria-rowcount", String(count + 1));
    this.#turn(from);
    while (this.#rows.length > to - from) this.#rows.pop()?.remove();
    while (this.#rows.length < to - from) {
      const row = this.#newRow();
      this.#below.before(row);
      this.#rows.push(row);
    }
    this.#rows.forEach((line, i) => {
      const shows = `${from + i} ${this.#content}`;
      if (this.#shown.get(line) === shows) return;
      this.#shown.set(line, shows);
      this.#fill(line, from + i);
    });
    const is_active_made = this.#active >= from && this.#active < to;
    if (is_active_made) TABLE.setAttribute("aria-activedescendant", `row-${this.#active}`);
    else TABLE.removeAttribute("aria-activedescendant");
  }

  /**
   * Moves rows that leave on one side to the other side. Visible rows stay unchanged, so scrolling
   * by two rows lays out two.
   *
   * @param {number} from
   */
  #turn(from) {
    const by = from - this.#from;
    const count = this.#rows.length;
    this.#from = from;
    if (by > 0 && by < count) {
      const left = this.#rows.splice(0, by);
      this.#below.before(...left);
      this.#rows.push(...left);
    } else if (by < 0 && -by < count) {
      const left = this.#rows.splice(count + by);
      this.#above.after(...left);
      this.#rows.unshift(...left);
    }
  }

  #newRow() {
    const line = make("tr");
    const id = make("th", "id");
    id.setAttribute("scope", "row");
    line.append(id);
    for (const { kind } of this.#columns) line.append(make("td", kind));
    line.append(make("td", "rest"));
    return line;
  }

  /** @param {HTMLElement} line @param {number} place */
  #fill(line, place) {
    const row = this.#order[place];
    if (line.dataset.place !== `${place}`) {
      line.dataset.place = `${place}`;
      line.id = `row-${place}`;
      line.setAttribute("aria-rowindex", String(place + 2));
    }
    const class_name = place === this.#active ? "active" : "";
    if (line.className !== class_name) line.className = class_name;
    line.setAttribute("aria-selected", String(row === this.#chosen_row));
    const cells = line.children;
    setEnds(cells[0], this.#ids[row] ?? "");
    for (let c = 0; c < this.#columns.length; c++) {
      const cell = /** @type {HTMLElement} */ (cells[c + 1]);
      const column = this.#columns[c];
      setText(cell, formatCell(column, row));
      const domain = this.#domains[c];
      if (domain === null || column.kind !== "number") continue;
      const share = (column.values[row] - domain.min) / (domain.max - domain.min);
      cell.style.backgroundSize = `${Math.round((share || 0) * 100)}% 3px`;
    }
  }
}

function spacer() {
  const line = make("tr", "spacer");
  line.setAttribute("aria-hidden", "true");
  return line;
}

/** @param {HTMLElement} line @param {number} height_px */
function setHeight(line, height_px) {
  const height = `${height_px}px`;
  if (line.style.height !== height) line.style.height = height;
}
