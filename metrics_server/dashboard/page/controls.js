/** Controls of the view: search, limit, groups, thresholds, columns, pause, export and link. */
import { byId, make, setText } from "./dom.js";
import { defaultColumns } from "./fields.js";
import { counted, formatCount, formatTime, nameAndUnit, noun } from "./format.js";
import { TOP_DEFAULT } from "./order.js";
import { parseQuery, problemOf } from "./query.js";
import { BY_WORST } from "./settings.js";
import { thresholdOf } from "./thresholds.js";

/** @typedef {import("./model.js").Infos} Infos */
/** @typedef {import("./settings.js").Choice} Choice */

const TOPS = [20, TOP_DEFAULT, 1_000];

const METRIC = /** @type {HTMLSelectElement} */ (byId("metric"));
const SEARCH = /** @type {HTMLInputElement} */ (byId("search"));
const TOP = /** @type {HTMLSelectElement} */ (byId("top"));
const VALUES = /** @type {HTMLSelectElement} */ (byId("values"));
const GROUP = /** @type {HTMLInputElement} */ (byId("group"));
const STALE = byId("stale");
const PAUSE = byId("pause");
const THRESHOLDS = byId("thresholds-list");
const COLUMNS = byId("columns-list");

/** @type {Infos} */
let infos = new Map();
let rows = 0;

/**
 * @typedef {object} Page
 * @property {() => Choice} choice
 * @property {(part: Partial<Choice>) => void} change
 * @property {() => void} pause Pauses, or resumes.
 * @property {() => string} csv What the table shows.
 */

/** @param {Page} page */
export function startControls({ choice, change, pause, csv }) {
  METRIC.addEventListener("change", () => change({ metric: METRIC.value }));
  SEARCH.addEventListener("input", () => change({ search: SEARCH.value }));
  TOP.addEventListener("change", () => change({ top: Number(TOP.value) }));
  VALUES.addEventListener("change", () => change({ raw: VALUES.value === "raw" }));
  GROUP.addEventListener("change", () => change({ grouped: GROUP.checked }));
  STALE.addEventListener("click", () => change({ stale: !choice().stale }));
  PAUSE.addEventListener("click", pause);
  THRESHOLDS.addEventListener("change", ({ target }) => {
    const { name, value } = /** @type {HTMLInputElement} */ (target);
    const own = { ...choice().thresholds };
    delete own[name];
    const usual = thresholdOfMetric(name, own);
    if (Number(value) !== usual && Number(value) >= 0) own[name] = Number(value);
    change({ thresholds: own });
  });
  COLUMNS.addEventListener("change", () => {
    const checked = Array.from(COLUMNS.querySelectorAll("input:checked"));
    change({ columns: checked.map((input) => /** @type {HTMLInputElement} */ (input).name) });
  });
  byId("export").addEventListener("click", () => download(csv()));
  byId("share").addEventListener("click", share);
  document.addEventListener("keydown", (event) => {
    const { tagName } = /** @type {Element} */ (event.target);
    const is_typing = /^(INPUT|SELECT)$/.test(tagName);
    if (event.key === "/" && !is_typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      SEARCH.focus();
    }
    if (event.key === "Escape" && event.target === SEARCH) change({ search: "" });
  });
  showChoice(choice());
}

/** @param {Choice} choice */
export function showChoice(choice) {
  if (SEARCH.value !== choice.search) SEARCH.value = choice.search;
  VALUES.value = choice.raw ? "raw" : "rates";
  GROUP.checked = choice.grouped;
  STALE.setAttribute("aria-pressed", String(choice.stale));
  setText(
    byId("search-note"),
    infos.size === 0 ? "" : problemOf(parseQuery(choice.search), [...infos.keys()]),
  );
  showColumnChoice(choice);
  showThresholds(choice);
}

/** @param {Infos} next @param {Choice} choice */
export function showInfos(next, choice) {
  const names = [...next].map(([name, { kind }]) => `${name} ${kind}`).join();
  if (names === [...infos].map(([name, { kind }]) => `${name} ${kind}`).join()) return;
  infos = next;
  const own = [...infos].filter(([, { of }]) => of === null);
  const judged = own.filter(([name]) => thresholdOfMetric(name, {}) > 0);
  byId("thresholds").hidden = judged.length === 0;
  THRESHOLDS.replaceChildren(...judged.map(([name, info]) => {
    const [title, unit] = nameAndUnit(name, infos.get(info.rate ?? "") ?? info);
    const label = make("label", "", `${title} `);
    const input = inputOf("number", name);
    input.min = "0";
    input.step = "any";
    label.append(input, make("span", "note", unit));
    return label;
  }));
  byId("columns").hidden = own.length === 0;
  COLUMNS.replaceChildren(...own.map(([name, info]) => {
    const label = make("label");
    const [title, unit] = nameAndUnit(name, info);
    label.append(inputOf("checkbox", name), ` ${title} `, make("span", "note", unit));
    return label;
  }));
  VALUES.parentElement?.toggleAttribute("hidden", !own.some(([, { rate }]) => rate !== null));
  showChoice(choice);
}

/** @param {string} name Of a metric. @param {Readonly<Record<string, number>>} own */
function thresholdOfMetric(name, own) {
  const info = infos.get(name);
  if (info === undefined || info.kind === "label" || info.kind === "time") return 0;
  return thresholdOf(info.rate ?? name, infos.get(info.rate ?? "") ?? info, own);
}

/** @param {string} type @param {string} name */
function inputOf(type, name) {
  const input = /** @type {HTMLInputElement} */ (make("input"));
  input.type = type;
  input.name = name;
  return input;
}

/** @param {Choice} choice */
function showThresholds({ thresholds }) {
  for (const input of THRESHOLDS.querySelectorAll("input")) {
    const value = String(thresholdOfMetric(input.name, thresholds));
    if (input !== document.activeElement || input.value === "") input.value = value;
  }
}

/** @param {Choice} choice */
function showColumnChoice(choice) {
  const shown = new Set(choice.columns ?? defaultColumns(infos, rows, choice));
  for (const input of COLUMNS.querySelectorAll("input")) input.checked = shown.has(input.name);
}

/**
 * Options of the map's metric.
 *
 * @param {readonly import("./model.js").Column[]} columns Followed ones.
 * @param {boolean} is_judged
 * @param {string} metric
 * @param {boolean} raw
 */
export function showMetrics(columns, is_judged, metric, raw) {
  const followed = new Set(columns.map(({ name }) => name));
  const names = infos.size === 0
    ? [...followed]
    : [...infos].flatMap(([name, { kind, rate, of }]) => {
      if (followed.has(name)) return kind === "time" ? [] : [name];
      if (kind === "label" || kind === "time" || (raw ? of : rate) !== null) return [];
      return [name];
    });
  if (is_judged) names.unshift(BY_WORST);
  if (names.join() !== Array.from(METRIC.options, ({ value }) => value).join()) {
    METRIC.replaceChildren(...names.map((name) => {
      const info = infos.get(name);
      const [title, unit] = info === undefined ? [name, ""] : nameAndUnit(name, info);
      const text = name === BY_WORST
        ? "Worst, in thresholds"
        : `${title}${unit === "" ? "" : ` (${unit})`}`;
      const option = /** @type {HTMLOptionElement} */ (make("option", "", text));
      option.value = name;
      return option;
    }));
  }
  if (METRIC.value !== metric) METRIC.value = metric;
}

/**
 * @param {import("./model.js").Order} order
 * @param {number} total
 * @param {number | null} over Rows over a threshold; null without thresholds.
 * @param {Choice} choice
 */
export function showCounts({ count, matched, sort }, total, over, choice) {
  rows = total;
  const all = counted(total, ...noun);
  const found = matched === total ? all : `${formatCount(matched)} found in ${all}`;
  const first = sort === BY_WORST ? "worst" : "first";
  const parts = count < matched
    ? [`${first} ${formatCount(count)} of ${found}`]
    : [matched === total ? all : `${formatCount(matched)} of ${all}`];
  if (over !== null) parts.push(`${formatCount(over)} over a threshold`);
  setText(byId("table-note"), parts.join(" · "));
  const top = choice.top ?? (over === null ? 0 : TOP_DEFAULT);
  const tops = [...new Set([...TOPS, top].filter((most) => most > 0))].sort((a, b) => a - b);
  if (TOP.dataset.tops !== String(tops)) {
    TOP.dataset.tops = String(tops);
    TOP.replaceChildren(...[...tops, 0].map((most) => {
      const text = most === 0 ? "all" : `first ${formatCount(most)}`;
      const option = /** @type {HTMLOptionElement} */ (make("option", "", text));
      option.value = String(most);
      return option;
    }));
  }
  TOP.value = String(top);
}

/** @param {boolean} is_paused */
export function showPaused(is_paused) {
  PAUSE.setAttribute("aria-pressed", String(is_paused));
  setText(PAUSE, is_paused ? `Resume (paused ${formatTime(Date.now())})` : "Pause");
}

/** @param {string} csv */
function download(csv) {
  const link = /** @type {HTMLAnchorElement} */ (make("a"));
  link.href = URL.createObjectURL(new Blob([csv], { type: "text/csv" }));
  link.download = "fabric.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

async function share() {
  const button = byId("share");
  try {
    // Only secure origins have a clipboard.
    await navigator.clipboard.writeText(location.href);
    setText(button, "Link copied");
  } catch {
    setText(button, "Copy the page's address");
  }
}
