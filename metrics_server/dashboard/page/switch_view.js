/** The chosen switch; without one, the switches with the highest and lowest values. */
import { byId, make, setEnds, setText } from "./dom.js";
import { domainOf, extent, extremes, roundDomain, shareOf } from "./domain.js";
import {
  counted,
  descriptionOf,
  formatRatio,
  formatSpan,
  formatValue,
  nameAndUnit,
  noun,
  reasonOf,
} from "./format.js";
import { lineChart } from "./line_chart.js";
import { historyUrl } from "./prometheus.js";

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
 * @param {Column | null} column
 * @param {readonly Column[]} columns
 * @param {boolean} is_shown
 */
export function showExtremes(ids, column, columns, is_shown) {
  BOX.hidden = !is_shown || column?.kind !== "number";
  if (BOX.hidden || column?.kind !== "number") return;
  const [high_title, high_list, low_title, low_list] = BOX.children;
  const is_worst = column.worst !== undefined;
  const [name, unit] = nameAndUnit(column.name, column.info);
  const title = unit === "" ? name : `${name} (${unit})`;
  setText(high_title, is_worst ? `Worst ${noun[1]}` : `Highest ${title}`);
  /** @type {HTMLElement} */ (low_title).hidden = is_worst;
  setText(low_title, `Lowest ${title}`);
  const highest = extremes(
    column.values,
    is_worst ? HIGHEST + LOWEST : HIGHEST,
    true,
    column.worst?.sums,
  );
  fill(high_list, highest, ids, column, columns);
  fill(low_list, is_worst ? [] : extremes(column.values, LOWEST, false), ids, column, columns);
}

/**
 * @param {Element} list
 * @param {number[]} rows
 * @param {readonly string[]} ids
 * @param {import("./model.js").NumberColumn} column
 * @param {readonly Column[]} columns
 */
function fill(list, rows, ids, column, columns) {
  const domain = domainOf(column);
  while (list.children.length > rows.length) list.lastChild?.remove();
  while (list.children.length < rows.length) {
    const meter = make("span", "meter");
    meter.append(make("i"));
    const [name, value] = [make("span", "name mono"), make("span", "value")];
    list.append(lineOf(name, meter, value, make("span", "note reason")));
  }
  const is_worst = column.worst !== undefined;
  list.classList.toggle("reasons", is_worst);
  rows.forEach((row, i) => {
    const button = /** @type {HTMLElement} */ (list.children[i].firstElementChild);
    const [name, meter, value, reason] = button.children;
    button.dataset.row = String(row);
    const text = descriptionOf(columns, row);
    const id = ids[row] ?? "";
    setEnds(name, text === "" || !is_worst ? id : `${text} ${id.slice(id.lastIndexOf(":"))}`);
    setText(value, is_worst ? formatRatio(column.values[row]) : formatValue(column, columns, row));
    setText(reason, is_worst ? reasonOf(column, columns, row) : "");
    const share = Math.max(0, shareOf(column.values[row], domain));
    /** @type {HTMLElement} */ (meter.firstElementChild).style.transform = `scaleX(${share})`;
  });
}

/** @typedef {import("./model.js").Column} Column */

const TITLE = byId("switch-title");
const NOTE = byId("switch-note");
const CHART = byId("switch-chart");
const METRICS = byId("switch-metrics");
const CLOSE = byId("switch-close");
const HISTORY = /** @type {HTMLAnchorElement} */ (byId("switch-history"));
const PROMETHEUS_URL = document.querySelector('meta[name="prometheus-url"]')
  ?.getAttribute("content") ?? "";
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
  HISTORY.hidden = true;
}

/**
 * @param {import("./model.js").SeriesAnswer} answer
 * @param {readonly Column[]} columns
 * @param {number} row Row of the switch; −1 if the newest snapshot lacks it.
 * @param {Column | null} column The metric of the map, shown in the large chart.
 */
export function showSwitch(answer, columns, row, column) {
  const text = row < 0 ? "" : descriptionOf(columns, row);
  setText(TITLE, text === "" ? answer.id : `${text} · ${answer.id}`);
  CLOSE.hidden = false;
  METRICS.hidden = false;
  const { times_ms, others } = answer;
  const span_ms = times_ms.length === 0 ? 0 : times_ms[times_ms.length - 1] - times_ms[0];
  const since = times_ms.length < 2 ? "" : ` over ${formatSpan(Math.round(span_ms / 1000) * 1000)}`;
  const gone = row < 0 ? "Not in the newest snapshot. " : "";
  // The worst row's chart is its worst metric's.
  const metric = column?.kind !== "number" || column.worst === undefined
    ? column
    : columns[column.worst.which[row] ?? -1] ?? null;
  const history = historyUrl(PROMETHEUS_URL, answer.id, metric);
  HISTORY.hidden = history === null;
  if (history !== null) HISTORY.href = history;
  const [name] = metric === null ? [""] : nameAndUnit(metric.name, metric.info);
  setText(
    NOTE,
    `${gone}${name}: ${counted(times_ms.length, "snapshot")}${since.replace(".0", "")}`,
  );
  const main = answer.series.find((one) => one.name === metric?.name);
  const range = main === undefined ? null : extent(main.values);
  CHART.replaceChildren();
  if (main !== undefined && range !== null) {
    const axis = tight(range);
    CHART.append(
      lineChart({ values: main.values, times: times_ms, width: 380, height: 150, axis }),
    );
  }
  const lines = [
    ...columns.map((column) => ({ column, row, of: answer })),
    ...others === null ? [] : others.columns.map((column) => ({ column, row: 0, of: others })),
  ];
  while (METRICS.children.length > lines.length) METRICS.lastChild?.remove();
  while (METRICS.children.length < lines.length) {
    METRICS.append(lineOf(make("span", "name"), make("span", "spark"), make("span", "value")));
  }
  lines.forEach(({ column, row, of }, i) => {
    const button = /** @type {HTMLElement} */ (METRICS.children[i].firstElementChild);
    const [title, spark, value] = button.children;
    button.dataset.metric = column.name;
    button.setAttribute("aria-pressed", String(column.name === metric?.name));
    setText(title, nameAndUnit(column.name, column.info)[0]);
    /** @type {HTMLElement} */ (title).title = column.name;
    setText(value, row < 0 ? "–" : formatValue(column, columns, row));
    const own = of.series.find((one) => one.name === column.name);
    spark.replaceChildren();
    if (own !== undefined) {
      spark.append(lineChart({ values: own.values, times: of.times_ms, width: 90, height: 20 }));
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
