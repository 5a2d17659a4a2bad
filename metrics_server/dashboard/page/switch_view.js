/** The chosen switch; without one, the switches with the highest and lowest values. */
import { byId, make, setEnds, setText } from "./dom.js";
import { extent, extremes, roundDomain } from "./domain.js";
import { counted, formatCell, formatSpan, noun } from "./format.js";
import { lineChart } from "./line_chart.js";

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
    const meter = make("span", "meter");
    meter.append(make("i"));
    list.append(lineOf(make("span", "name mono"), meter, make("span", "value")));
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

/** @typedef {import("./model.js").Column} Column */

const TITLE = byId("switch-title");
const NOTE = byId("switch-note");
const CHART = byId("switch-chart");
const METRICS = byId("switch-metrics");
const CLOSE = byId("switch-close");
const INVITATION = NOTE.textContent ?? "";

/** @param {(metric: string) => void} onMetric @param {() => void} onClose */
export function startSwitchView(onMetric, onClose) {
  CLOSE.addEventListener("click", onClose);
  METRICS.addEventListener("click", ({ target }) => {
    const button = /** @type {Element} */ (target).closest("button");
    if (button !== null) onMetric(/** @type {string} */ (button.dataset.metric));
  });
}

export function showNoSwitch() {
  setText(TITLE, noun[0][0].toUpperCase() + noun[0].slice(1));
  setText(NOTE, INVITATION.replace("switch", noun[0]));
  CHART.replaceChildren();
  METRICS.hidden = true;
  CLOSE.hidden = true;
}

/**
 * @param {import("./model.js").SeriesAnswer} answer
 * @param {readonly Column[]} columns
 * @param {number} row Row of the switch; −1 if the newest snapshot lacks it.
 * @param {string} metric The metric of the large chart.
 */
export function showSwitch(answer, columns, row, metric) {
  setText(TITLE, answer.id);
  CLOSE.hidden = false;
  METRICS.hidden = false;
  const { times_ms, series } = answer;
  const span_ms = times_ms.length === 0 ? 0 : times_ms[times_ms.length - 1] - times_ms[0];
  const since = times_ms.length < 2 ? "" : ` over ${formatSpan(Math.round(span_ms / 1000) * 1000)}`;
  const gone = row < 0 ? "Not in the newest snapshot. " : "";
  setText(
    NOTE,
    `${gone}${metric}: ${counted(times_ms.length, "snapshot")}${since.replace(".0", "")}`,
  );
  const main = series.find(({ name }) => name === metric);
  const range = main === undefined ? null : extent(main.values);
  CHART.replaceChildren();
  if (main !== undefined && range !== null) {
    const axis = tight(range);
    CHART.append(
      lineChart({ values: main.values, times: times_ms, width: 380, height: 150, axis }),
    );
  }
  while (METRICS.children.length > columns.length) METRICS.lastChild?.remove();
  while (METRICS.children.length < columns.length) {
    METRICS.append(lineOf(make("span", "name"), make("span", "spark"), make("span", "value")));
  }
  columns.forEach((column, i) => {
    const button = /** @type {HTMLElement} */ (METRICS.children[i].firstElementChild);
    const [name, spark, value] = button.children;
    button.dataset.metric = column.name;
    button.setAttribute("aria-pressed", String(column.name === metric));
    setText(name, column.name);
    setText(value, row < 0 ? "–" : formatCell(column, row));
    const own = series.find((one) => one.name === column.name);
    spark.replaceChildren();
    if (own !== undefined) {
      spark.append(lineChart({ values: own.values, times: times_ms, width: 90, height: 20 }));
    }
  });
}

/** @param {HTMLElement[]} parts */
function lineOf(...parts) {
  const button = make("button");
  button.setAttribute("type", "button");
  button.append(...parts);
  const line = make("li");
  line.append(button);
  return line;
}

/**
 * Round ends close to the values, to show changes rather than the distance from zero.
 *
 * @param {{ min: number, max: number }} range
 */
function tight({ min, max }) {
  const { min: low, max: high } = roundDomain({ min: 0, max: max - min });
  if (max === min) return roundDomain({ min, max });
  const step = (high - low) / 5 || 1;
  return { min: Math.floor(min / step) * step, max: Math.ceil(max / step) * step };
}
