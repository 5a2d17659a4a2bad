/** Which switches stand out in the metric: what to look at where none is chosen. */
import { byId, make, setEnds, setText } from "./dom.js";
import { extent, roundDomain } from "./domain.js";
import { extremes } from "./extremes.js";
import { formatCell } from "./format.js";

/** Rows of each end. */
const HIGHEST = 8;
const LOWEST = 3;

const BOX = byId("extremes");

/** @param {(row: number) => void} onChoose */
export function startExtremes(onChoose) {
  BOX.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest("button");
    if (button !== null) onChoose(Number(button.dataset.row));
  });
}

/**
 * @param {readonly string[]} ids
 * @param {import("./model.js").Column | null} column
 * @param {boolean} is_shown
 */
export function showExtremes(ids, column, is_shown) {
  BOX.hidden = !is_shown || column?.kind !== "number";
  if (BOX.hidden || column?.kind !== "number") return;
  const [high_title, high_list, low_title, low_list] = BOX.children;
  setText(high_title, `Highest ${column.name}`);
  setText(low_title, `Lowest ${column.name}`);
  fill(high_list, extremes(column.values, HIGHEST, true), ids, column);
  fill(low_list, extremes(column.values, LOWEST, false), ids, column);
}

/**
 * @param {Element} list
 * @param {number[]} rows
 * @param {readonly string[]} ids
 * @param {import("./model.js").NumberColumn} column
 */
function fill(list, rows, ids, column) {
  const { min, max } = roundDomain(extent(column.values));
  while (list.children.length > rows.length) list.lastChild?.remove();
  while (list.children.length < rows.length) {
    const button = make("button");
    button.setAttribute("type", "button");
    button.append(make("span", "name mono"), make("span", "meter"), make("span", "value"));
    button.children[1].append(make("i"));
    const line = make("li");
    line.append(button);
    list.append(line);
  }
  rows.forEach((row, i) => {
    const button = /** @type {HTMLElement} */ (list.children[i].firstElementChild);
    const [name, meter, value] = button.children;
    button.dataset.row = String(row);
    setEnds(name, ids[row]);
    setText(value, formatCell(column, row));
    const share = (column.values[row] - min) / (max - min);
    /** @type {HTMLElement} */ (meter.firstElementChild).style.transform = `scaleX(${share})`;
  });
}
