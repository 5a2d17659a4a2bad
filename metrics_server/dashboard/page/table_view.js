/** The table of all switches and values; only visible rows have elements. */
import { byId, make, oncePerFrame, setEnds, setText } from "./dom.js";
import { domainOf, shareOf } from "./domain.js";
import { counted, descriptionOf, formatCell, formatValue, nameAndUnit } from "./format.js";
import { HEAD as GROUP_HEAD } from "./groups.js";
import { scrollTo, windowOf } from "./rows.js";
import { BY_ID, BY_WORST } from "./settings.js";

/** @typedef {import("./model.js").Column} Column */

const ROW_PX = 28;
const BAR_COLUMNS_MAX = 6;

const TABLE = byId("table");
const HEAD = byId("table-head");
const BODY = byId("table-body");
const SCROLLER = byId("scroller");
const ID_HEAD = { name: BY_ID, class_name: "id", texts: [BY_ID, ""] };

export class TableView {
  /** @type {readonly string[]} */
  #ids = [];
  /** @type {readonly Column[]} */
  #columns = [];
  /** @type {readonly Column[]} All columns. */
  #all = [];
  /** @type {readonly number[]} Threshold of each column; 0 for none. */
  #thresholds = [];
  /** @type {Uint32Array} Rows, and heads of groups. */
  #order = new Uint32Array();
  /** @type {(import("./domain.js").Domain | null)[]} Ranges of the bars. */
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
      this.#choose(onChoose);
      this.#draw();
    });
    TABLE.addEventListener("keydown", (event) => {
      if (event.target !== TABLE) return;
      if (event.key === "Enter") {
        return this.#choose(onChoose);
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

  /** @param {(row: number) => void} onChoose */
  #choose(onChoose) {
    const row = this.#order[this.#active];
    if (row < GROUP_HEAD) onChoose(row);
  }

  /**
   * @param {readonly string[]} ids
   * @param {readonly Column[]} columns
   * @param {readonly Column[]} all Also those that the table does not show.
   * @param {readonly number[]} thresholds Of the columns; 0 for none.
   */
  show(ids, columns, all, thresholds) {
    this.#ids = ids;
    this.#columns = columns;
    this.#all = all;
    this.#thresholds = thresholds;
    const has_bars = columns.length <= BAR_COLUMNS_MAX;
    TABLE.classList.toggle("bars", has_bars);
    this.#domains = columns.map((column) =>
      has_bars && column.kind === "number" ? domainOf(column) : null
    );
    const names = JSON.stringify(columns.map(({ name, kind, info }) => [name, kind, info.unit]));
    if (names !== this.#names) {
      this.#names = names;
      this.#makeHead();
    }
    this.#draw();
  }

  /** @param {import("./model.js").Order} order */
  order({ rows, sort, descending }) {
    this.#order = rows;
    this.#active = Math.min(this.#active, Math.max(0, rows.length - 1));
    for (const head of HEAD.querySelectorAll("th")) {
      const is_sorted = head.querySelector("button")?.dataset.name === sort;
      if (is_sorted) head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    this.#draw();
  }

  /** @param {number} row −1 for none. */
  choose(row) {
    this.#chosen_row = row;
    this.#draw();
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
    const heads = this.#columns.map(({ name, kind, info }) => ({
      name,
      class_name: name === BY_WORST ? "worst" : kind,
      texts: name === BY_WORST ? ["worst", "× threshold, metric"] : nameAndUnit(name, info),
    }));
    for (const { name, class_name, texts: [title, unit] } of [ID_HEAD, ...heads]) {
      const cell = make("th", class_name);
      cell.setAttribute("scope", "col");
      const button = make("button");
      button.append(make("span", "name", title));
      if (unit !== "") button.append(" ", make("span", "unit", unit));
      button.setAttribute("type", "button");
      button.title = name;
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
    for (const { name, kind } of this.#columns) {
      line.append(make("td", name === BY_WORST ? "worst" : kind));
    }
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
    const is_head = row >= GROUP_HEAD;
    const class_name = `${place === this.#active ? "active" : ""}${is_head ? " group" : ""}`;
    if (line.className !== class_name) line.className = class_name;
    line.setAttribute("aria-selected", String(row === this.#chosen_row));
    if (is_head) return this.#fillHead(line, place);
    setEnds(line.children[0], this.#ids[row] ?? "");
    for (let c = 0; c < this.#columns.length; c++) {
      const cell = /** @type {HTMLElement} */ (line.children[c + 1]);
      const column = this.#columns[c];
      const is_worst = column.name === BY_WORST;
      setText(cell, is_worst ? formatValue(column, this.#all, row) : formatCell(column, row));
      if (column.kind !== "number") continue;
      const threshold = this.#thresholds[c];
      cell.classList.toggle("over", threshold > 0 && column.values[row] >= threshold);
      cell.classList.toggle("zero", column.values[row] === 0);
      const domain = this.#domains[c];
      if (domain === null) continue;
      const share = shareOf(column.values[row], domain) || 0;
      cell.style.backgroundSize = `${Math.round(Math.max(0, share) * 100)}% 3px`;
    }
  }

  /**
   * The head of a group: its switch, and how many of its ports follow.
   *
   * @param {HTMLElement} line
   * @param {number} place
   */
  #fillHead(line, place) {
    let end = place + 1;
    while (end < this.#order.length && this.#order[end] < GROUP_HEAD) end++;
    const first = this.#order[place + 1];
    const id = this.#ids[first] ?? "";
    setEnds(line.children[0], id.slice(0, id.lastIndexOf(":")));
    for (let c = 1; c < line.children.length; c++) {
      const cell = /** @type {HTMLElement} */ (line.children[c]);
      const text = c > 1 ? "" : [descriptionOf(this.#all, first), counted(end - place - 1, "port")]
        .filter((part) => part !== "").join(" · ");
      setText(cell, text);
      cell.classList.remove("over", "zero");
      cell.style.backgroundSize = "0 3px";
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
