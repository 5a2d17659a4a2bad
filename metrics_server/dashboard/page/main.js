/** The page: keeps the newest data from the worker and updates the views. */
import {
  showChoice,
  showCounts,
  showInfos,
  showMetrics,
  showPaused,
  startControls,
} from "./controls.js";
import { csvOf } from "./csv.js";
import { byId, CALM, drawDue, oncePerFrame, setText } from "./dom.js";
import { firstMetric } from "./domain.js";
import { counted, formatSpan, formatTime, isDescription, nameRows, noun } from "./format.js";
import { boundOf, decidingSource, judge, staleRows } from "./freshness.js";
import { HeatMap } from "./heat_map.js";
import { nowMs } from "./model.js";
import { BY_ID, BY_WORST, readChoice, writeChoice } from "./settings.js";
import {
  showBanner,
  showFreshness,
  showHints,
  showLoading,
  showRequests,
  showSources,
  showStale,
} from "./status_views.js";
import {
  showExtremes,
  showNoSwitch,
  showSwitch,
  startExtremes,
  startSwitchView,
} from "./switch_view.js";
import { TableView } from "./table_view.js";
import { openTelemetry } from "./telemetry.js";
import { thresholdOf } from "./thresholds.js";

/** Update interval of the age, and the one for reduced motion. */
const TICK_MS = 100;
const CALM_TICK_MS = 1_000;

/** Consecutive failures of /stats from which the service counts as unreachable. */
const UNREACHABLE_FROM = 2;

const MAP = byId("heat-panel");
const ROWS = byId("switches");

/** @type {readonly string[]} */
let ids = [];
/** @type {readonly import("./model.js").Column[]} Followed columns. */
let columns = [];
/** @type {import("./model.js").NumberColumn | null} */
let worst = null;
/** @type {import("./model.js").Order | null} */
let order = null;
/** @type {{ age_ms: number, at_ms: number } | null} */
let age = null;
/** @type {{ stats: import("./model.js").Stats, at_ms: number } | null} */
let latest_stats = null;
/** @type {string | null} */
let refused = null;
let failures = 0;
let unreachable_since_ms = NaN;
let had_trouble = false;
let is_paused = false;
/** @type {import("./model.js").SeriesAnswer | null} */
let series = null;
let choice = readChoice(location.hash);

const heat = new HeatMap(chooseRow);
const table = new TableView(chooseRow, sortBy);
startExtremes(chooseRow);
startSwitchView((metric) => change({ metric }), () => chooseId(""));
startControls({
  choice: () => choice,
  change,
  pause() {
    is_paused = !is_paused;
    send({ kind: "pause", is_paused });
    showPaused(is_paused);
  },
  csv: () => csvOf(ids, tableColumns(), order?.rows ?? new Uint32Array()),
});
const send = openTelemetry(receive);

/** @param {import("./model.js").FromWorker} message */
function receive(message) {
  switch (message.kind) {
    case "snapshot":
      return takeSnapshot(message);
    case "refused":
      refused = message.detail;
      if (message.age_ms !== null) age = { age_ms: message.age_ms, at_ms: message.at_ms };
      return tick();
    case "order":
      worst = message.worst;
      showColumns();
      return takeOrder(message.order);
    case "series":
      series = message.answer;
      return drawSwitch();
    case "stats":
      failures = 0;
      return takeStats(message);
    case "infos":
      return showInfos(new Map(message.infos), choice);
    default:
      if (failures++ === 0) unreachable_since_ms = nowMs();
      return tick();
  }
}

/** @param {import("./model.js").SnapshotMessage} message */
function takeSnapshot(message) {
  refused = null;
  age = message;
  ({ columns, worst } = message);
  if (message.ids !== null) {
    ids = message.ids;
    setText(byId("fact-switches"), counted(ids.length, ...nameRows(ids)));
    setText(byId("table-title"), noun[1]);
    byId("group-label").hidden = noun[0] !== "port";
    if (choice.id === "") showNoSwitch();
  }
  setText(byId("fact-snapshot"), `snapshot ${message.snapshot_id}`);
  showHints(false, "", []);
  showColumns();
  takeOrder(message.order);
  series = message.series;
  choosePlaces();
  drawSwitch();
  tick();
  // Draws the values in the same frame as the texts above.
  if (!document.hidden) drawDue();
}

/** Columns of the table: what describes a row, how bad it is, then its metrics. */
function tableColumns() {
  if (worst === null) return columns.filter(({ info }) => info.kind !== "time");
  const described = columns.filter(isDescription);
  const others = columns.filter((column) =>
    !isDescription(column) && column.info.kind !== "time" &&
    // Raw counters are judged by their rates, which are not shown.
    !(choice.raw && column.info.of !== null && column.name !== choice.sort)
  );
  return [...described, worst, ...others];
}

/**
 * The threshold of a column in this view; 0 for none.
 *
 * @param {import("./model.js").Column} column
 */
function thresholdIn({ name, info }) {
  if (name === BY_WORST) return 1;
  return info.kind === "gauge" ? thresholdOf(name, info, choice.thresholds) : 0;
}

function showColumns() {
  // Errors first: the worst rows above the map.
  const [first, second] = worst === null ? [MAP, ROWS] : [ROWS, MAP];
  const is_placed = first.compareDocumentPosition(second) & Node.DOCUMENT_POSITION_FOLLOWING;
  if (!is_placed) worst === null ? byId("switch-panel").after(ROWS) : MAP.before(ROWS);
  document.body.dataset.judged = String(worst !== null);
  const shown = tableColumns();
  table.show(ids, shown, columns, shown.map(thresholdIn));
  drawHeat();
}

/** @param {import("./model.js").Order} next */
function takeOrder(next) {
  order = next;
  table.order(next);
  heat.find(next.found);
  showCounts(next, ids.length, worst?.worst?.over ?? null, choice);
}

/** @param {Extract<import("./model.js").FromWorker, { kind: "stats" }>} message */
function takeStats(message) {
  latest_stats = message;
  const ages = message.stats.sources.flatMap(({ age_ms }) => age_ms ?? []);
  // The stalest source's; the page's own data may be older while it loads.
  if (ages.length > 0) age = { age_ms: Math.max(...ages), at_ms: message.at_ms };
  showRequests(message.stats);
  tick();
}

function tick() {
  const now_ms = nowMs();
  const age_ms = age === null ? null : age.age_ms + now_ms - age.at_ms;
  const sources = latest_stats?.stats.sources ?? [];
  const stats_age_ms = latest_stats === null ? 0 : now_ms - latest_stats.at_ms;
  const is_unreachable = failures >= UNREACHABLE_FROM;
  const verdict = judge({ age_ms, sources, is_unreachable, refused });
  const has_trouble = verdict.level !== "ok";
  if (has_trouble !== had_trouble) send({ kind: "trouble", has_trouble });
  had_trouble = has_trouble;
  const deciding = decidingSource(sources);
  showFreshness(verdict, age_ms, deciding === null ? null : boundOf(deciding), stats_age_ms);
  showSources(sources, is_unreachable, stats_age_ms, now_ms);
  showStale(staleRows(sources), stats_age_ms);
  showBanner(verdict, bannerDetail(verdict.state, age_ms));
  document.title = `${verdict.level === "ok" ? "" : `${verdict.word} · `}Fabric Telemetry`;
  if (columns.length > 0) return;
  const rows = sources.reduce((sum, source) => sum + source.rows, 0);
  if (rows > 0 && refused === null) showLoading(rows);
  else showHints(true, refused ?? verdict.sentence, sources);
}

/** @param {string} state @param {number | null} age_ms */
function bannerDetail(state, age_ms) {
  if (state === "unreachable") return `No response since ${formatTime(unreachable_since_ms)}.`;
  if (state !== "stale" || age_ms === null) return "";
  const seconds = formatSpan(Math.floor(age_ms / 1000) * 1000).replace(".0", "");
  return `It is from ${formatTime(Date.now() - age_ms)}, ${seconds} ago.`;
}

function metricShown() {
  const shown = worst === null ? columns : [worst, ...columns];
  return shown.find(({ name }) => name === choice.metric) ?? firstMetric(shown);
}

function drawHeat() {
  showMetrics(columns, worst !== null, metricShown()?.name ?? "", choice.raw);
  heat.show(ids, metricShown(), columns);
  showExtremes(ids, metricShown(), columns, choice.id === "");
}

const drawSwitch = oncePerFrame(() => {
  if (choice.id === "" || series?.id !== choice.id) return;
  showSwitch(series, columns, ids.indexOf(choice.id), metricShown());
});

function choosePlaces() {
  const row = choice.id === "" ? -1 : ids.indexOf(choice.id);
  heat.choose(row);
  table.choose(row);
  showExtremes(ids, metricShown(), columns, choice.id === "");
}

/** @param {number} row */
function chooseRow(row) {
  chooseId(ids[row] ?? "");
}

/** @param {string} id */
function chooseId(id) {
  change({ id });
  if (id === "") {
    series = null;
    showNoSwitch();
  }
}

/** @param {string} sort */
function sortBy(sort) {
  // Numbers start with the highest, ids with the first.
  const is_same = order?.sort === sort;
  change({ sort, descending: is_same ? !order?.descending : sort !== BY_ID });
}

/**
 * Changes the view: its URL, what the worker follows, and what is shown.
 *
 * @param {Partial<typeof choice>} part
 */
function change(part) {
  choice = { ...choice, ...part };
  history.replaceState(null, "", location.pathname + location.search + writeChoice(choice));
  applyChoice();
}

function applyChoice() {
  showChoice(choice);
  send({ kind: "view", choice });
  choosePlaces();
  drawHeat();
  drawSwitch();
}

addEventListener("hashchange", () => {
  choice = readChoice(location.hash);
  applyChoice();
  if (choice.id === "") chooseId("");
});

document.addEventListener("keydown", ({ key, target }) => {
  if (key === "Escape" && !/^(INPUT|SELECT)$/.test(/** @type {Element} */ (target).tagName)) {
    chooseId("");
  }
});

document.addEventListener("visibilitychange", () => {
  send({ kind: "hidden", hidden: document.hidden });
});

setText(byId("fact-host"), location.host);
send({ kind: "view", choice });
tick();
setInterval(tick, CALM.matches ? CALM_TICK_MS : TICK_MS);
