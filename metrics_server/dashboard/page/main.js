/** The page: keeps the newest data from the worker and updates the views. */
import { showBanner, showFreshness, showHints, showRequests, showSources } from "./status_views.js";
import { byId, CALM, drawDue, make, oncePerFrame, setText } from "./dom.js";
import { firstMetric } from "./domain.js";
import {
  showExtremes,
  showNoSwitch,
  showSwitch,
  startExtremes,
  startSwitchView,
} from "./switch_view.js";
import { counted, formatSpan, formatTime, nameRows, noun } from "./format.js";
import { boundOf, judge, pollInterval } from "./freshness.js";
import { HeatMap } from "./heat_map.js";
import { Intervals } from "./history.js";
import { nowMs } from "./model.js";
import { readChoice, writeChoice } from "./settings.js";
import { TableView } from "./table_view.js";
import { openTelemetry } from "./telemetry.js";

/** Update interval of the age, and the one for reduced motion. */
const TICK_MS = 100;
const CALM_TICK_MS = 1_000;

/** Consecutive failures of the page's requests from which the service counts as unreachable. */
const UNREACHABLE_FROM = 2;

const MAX_STALE = document.querySelector('meta[name="max-stale-ms"]')?.getAttribute("content");
const MAX_STALE_MS = MAX_STALE ? Number(MAX_STALE) : null;

/** @type {readonly string[]} */
let ids = [];
/** @type {readonly import("./model.js").Column[]} */
let columns = [];
/** @type {{ age_ms: number, at_ms: number } | null} */
let age = null;
const intervals = new Intervals();
/** @type {{ stats: import("./model.js").Stats, at_ms: number } | null} */
let latest_stats = null;
/** @type {number | null} */
let poll_ms = null;
/** @type {string | null} */
let refused = null;
let failures = 0;
let unreachable_since_ms = NaN;
let had_trouble = false;
/** @type {import("./model.js").SeriesAnswer | null} */
let series = null;
let choice = readChoice(location.hash);

const heat = new HeatMap(chooseRow);
const table = new TableView(chooseRow, sortBy);
startExtremes(chooseRow);
startSwitchView(chooseMetric, () => chooseId(""));
const send = openTelemetry(receive);

/** @param {import("./model.js").FromWorker} message */
function receive(message) {
  if (message.kind === "unreachable") {
    failures++;
    if (failures === 1) unreachable_since_ms = nowMs();
  } else if (message.kind !== "order" && message.kind !== "series") failures = 0;
  switch (message.kind) {
    case "snapshot":
      return takeSnapshot(message);
    case "age":
      refused = null;
      age = message;
      return tick();
    case "refused":
      refused = message.detail;
      if (message.age_ms !== null) age = { age_ms: message.age_ms, at_ms: message.at_ms };
      return tick();
    case "order":
      return takeOrder(message.order);
    case "series":
      series = message.answer;
      return drawSwitch();
    case "stats":
      return takeStats(message);
    default:
      return tick();
  }
}

/** @param {import("./model.js").SnapshotMessage} message */
function takeSnapshot(message) {
  refused = null;
  age = message;
  columns = message.columns;
  if (message.ids !== null) {
    ids = message.ids;
    setText(byId("fact-switches"), counted(ids.length, ...nameRows(ids)));
    setText(byId("table-title"), noun[1]);
    if (choice.id === "") showNoSwitch();
  }
  setText(byId("fact-snapshot"), `snapshot ${message.snapshot_id}`);
  showMetrics();
  showHints(false, "", []);
  table.show(ids, columns);
  drawHeat();
  takeOrder(message.order);
  series = message.series;
  choosePlaces();
  drawSwitch();
  tick();
  // Draws the values in the same frame as the texts above.
  if (!document.hidden) drawDue();
}

/** @param {import("./model.js").Order} order */
function takeOrder({ rows, is_filtered }) {
  table.order(rows, view());
  heat.find(is_filtered ? rows : null);
}

/** @param {Extract<import("./model.js").FromWorker, { kind: "stats" }>} message */
function takeStats(message) {
  const { stats } = message;
  if (
    latest_stats !== null && latest_stats.stats.sources[0] !== undefined &&
    stats.sources[0] !== undefined
  ) {
    const reading = (/** @type {import("./model.js").Stats} */ { uptime_ms, sources }) => ({
      uptime_ms,
      polls: sources[0].polls,
    });
    // Failing polls have other intervals.
    if (!isDown()) poll_ms = pollInterval(reading(latest_stats.stats), reading(stats)) ?? poll_ms;
  }
  latest_stats = message;
  intervals.see(stats.sources, message.at_ms);
  showRequests(stats);
  tick();
}

function isDown() {
  return latest_stats?.stats.sources.some(({ consecutive_failures }) => consecutive_failures > 0) ??
    false;
}

function tick() {
  const now_ms = nowMs();
  const age_ms = age === null ? null : age.age_ms + now_ms - age.at_ms;
  const bound = boundOf({ max_stale_ms: MAX_STALE_MS, interval_ms: intervals.slowest(), poll_ms });
  const sources = latest_stats?.stats.sources ?? [];
  const unreachable = failures >= UNREACHABLE_FROM ? { since_ms: unreachable_since_ms } : null;
  const verdict = judge({ age_ms, bound, sources, unreachable, refused });
  const has_trouble = verdict.level !== "ok";
  if (has_trouble !== had_trouble) send({ kind: "trouble", has_trouble });
  had_trouble = has_trouble;
  showFreshness(verdict, age_ms, bound);
  showSources(sources, latest_stats === null ? 0 : now_ms - latest_stats.at_ms, now_ms);
  showBanner(verdict, bannerDetail(verdict.state, age_ms));
  document.title = `${verdict.level === "ok" ? "" : `${verdict.word} · `}Fabric Telemetry`;
  if (columns.length === 0) showHints(true, refused ?? verdict.sentence, sources);
}

/** @param {string} state @param {number | null} age_ms */
function bannerDetail(state, age_ms) {
  if (state === "unreachable") return `No response since ${formatTime(unreachable_since_ms)}.`;
  if (state !== "stale" || age_ms === null) return "";
  const seconds = formatSpan(Math.floor(age_ms / 1000) * 1000).replace(".0", "");
  return `It is from ${formatTime(Date.now() - age_ms)}, ${seconds} ago.`;
}

/** @returns {import("./model.js").View} */
function view() {
  const { sort, descending, search } = choice;
  return { sort, descending, search };
}

function metricShown() {
  return columns.find(({ name }) => name === choice.metric) ?? firstMetric(columns);
}

function showMetrics() {
  const select = /** @type {HTMLSelectElement} */ (byId("metric"));
  const names = columns.map(({ name }) => name);
  if (names.join() !== Array.from(select.options, ({ value }) => value).join()) {
    select.replaceChildren(...names.map((name) => {
      const option = /** @type {HTMLOptionElement} */ (make("option", "", name));
      option.value = name;
      return option;
    }));
  }
  const name = metricShown()?.name ?? "";
  if (select.value !== name) select.value = name;
}

function drawHeat() {
  heat.show(ids, metricShown());
  showExtremes(ids, metricShown(), choice.id === "");
}

const drawSwitch = oncePerFrame(() => {
  if (choice.id === "" || series?.id !== choice.id) return;
  showSwitch(series, columns, ids.indexOf(choice.id), metricShown()?.name ?? "");
});

function choosePlaces() {
  const row = choice.id === "" ? -1 : ids.indexOf(choice.id);
  heat.choose(row);
  table.choose(row);
  showExtremes(ids, metricShown(), choice.id === "");
}

/** @param {number} row */
function chooseRow(row) {
  chooseId(ids[row] ?? "");
}

/** @param {string} id */
function chooseId(id) {
  change({ id });
  send({ kind: "choose", id: id === "" ? null : id });
  choosePlaces();
  if (id === "") {
    series = null;
    showNoSwitch();
  }
}

/** @param {string} metric */
function chooseMetric(metric) {
  change({ metric });
  showMetrics();
  drawHeat();
  drawSwitch();
}

/** @param {string} sort */
function sortBy(sort) {
  // Numbers start with the highest, ids with the first.
  const is_same = choice.sort === sort;
  change({ sort, descending: is_same ? !choice.descending : sort !== "" });
  table.showSort(view());
  send({ kind: "view", view: view() });
}

/** @param {Partial<typeof choice>} part */
function change(part) {
  choice = { ...choice, ...part };
  history.replaceState(null, "", location.pathname + location.search + writeChoice(choice));
}

byId("metric").addEventListener("change", ({ target }) => {
  chooseMetric(/** @type {HTMLSelectElement} */ (target).value);
});

const search = /** @type {HTMLInputElement} */ (byId("search"));
search.value = choice.search;
search.addEventListener("input", () => {
  change({ search: search.value });
  send({ kind: "view", view: view() });
});

document.addEventListener("keydown", (event) => {
  const is_typing = /^(INPUT|SELECT|TEXTAREA)$/.test(/** @type {Element} */ (event.target).tagName);
  if (event.key === "/" && !is_typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
  }
  if (event.key !== "Escape") return;
  if (is_typing && search.value !== "") {
    search.value = "";
    search.dispatchEvent(new Event("input"));
  } else chooseId("");
});

addEventListener("hashchange", () => {
  const { metric, id } = choice = readChoice(location.hash);
  search.value = choice.search;
  send({ kind: "view", view: view() });
  chooseMetric(metric);
  chooseId(id);
});

document.addEventListener("visibilitychange", () => {
  send({ kind: "hidden", hidden: document.hidden });
});

setText(byId("fact-host"), location.host);
send({ kind: "view", view: view() });
if (choice.id !== "") send({ kind: "choose", id: choice.id });
tick();
setInterval(tick, CALM.matches ? CALM_TICK_MS : TICK_MS);
