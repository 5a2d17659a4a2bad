/**
 * Beside the page: follows the service's stream, reads and sorts, so that the page only draws. Where
 * there is no stream, the list is asked for again and again.
 */
import { applyChange } from "./changes.js";
import { buffersOf, copyOf, readTable } from "./columns.js";
import { History } from "./history.js";
import { nowMs } from "./model.js";
import { idKeys, matchingRows, sortKeys, sortRows } from "./rows.js";
import { PollLoop } from "./poll_loop.js";
import { ServerClock } from "./server_clock.js";
import { StreamLoop } from "./stream_loop.js";

/** @typedef {import("./model.js").FromWorker} FromWorker */
/** @typedef {import("./model.js").ToWorker} ToWorker */
/** @typedef {import("./model.js").Table} Table */

const LIST_INTERVAL_MS = 1_000;
const STATS_INTERVAL_MS = 2_000;

/** While something is wrong, why is asked more often. */
const WORRIED_STATS_INTERVAL_MS = 700;

/** Longest wait for an answer: a service that hangs has to be told from one that is slow. */
const ANSWER_MS_MAX = 15_000;

const LIST_URL = new URL("../telemetry/ListMetrics", import.meta.url);
const STREAM_URL = new URL("../telemetry/stream", import.meta.url);
const STATS_URL = new URL("../stats", import.meta.url);

const history = new History();
/** @type {Table | null} */
let table = null;
/** @type {string[]} */
let ids_lower = [];
/** @type {Float64Array | null} */
let id_keys = null;
/** @type {Map<string, number>} */
let rows = new Map();
let etag = "";
/** Time of `table` by the service's clock, where the stream told it. */
let taken_ms = NaN;
let is_hidden = false;
const clock = new ServerClock();
/** @type {import("./model.js").View} */
let view = { sort: "", descending: false, search: "" };
/** @type {string | null} */
let chosen_id = null;

/**
 * @param {FromWorker} message
 * @param {Transferable[]} [transfer]
 */
function tell(message, transfer = []) {
  /** @type {any} */ (globalThis).postMessage(message, transfer);
}

/**
 * @param {URL} url
 * @param {Record<string, string>} [headers]
 */
function ask(url, headers = {}) {
  // The browser's cache is left out, so that a 304 and its age come here.
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  return fetch(url, { cache: "no-store", credentials: "omit", headers, signal });
}

async function askData() {
  // Of a table whose ids come twice a change does not say which is meant.
  const is_followable = table === null || rows.size === table.ids.length;
  if (!is_hidden && is_followable && await stream.open(table?.snapshot_id ?? null)) return true;
  return await askList();
}

async function askList() {
  try {
    const response = await ask(LIST_URL, etag === "" ? {} : { "if-none-match": etag });
    const at_ms = nowMs();
    const age_header = response.headers.get("x-data-age-ms");
    if (response.status === 304) {
      tell({ kind: "age", age_ms: Number(age_header), at_ms });
      return true;
    }
    const text = await response.text();
    if (response.status !== 200) {
      taken_ms = NaN;
      const age_ms = age_header === null ? null : Number(age_header);
      tell({ kind: "refused", status: response.status, detail: detailOf(text), age_ms, at_ms });
      return true;
    }
    const next = readTable(text);
    etag = response.headers.get("etag") ?? "";
    taken_ms = NaN;
    take(next, Number(age_header), at_ms);
    return true;
  } catch (error) {
    tell({ kind: "unreachable", detail: String(error), at_ms: nowMs() });
    return false;
  }
}

/** @param {string} text */
function detailOf(text) {
  try {
    return String(JSON.parse(text).detail);
  } catch {
    return text.slice(0, 200);
  }
}

/**
 * @param {Table} next
 * @param {number} age_ms
 * @param {number} at_ms
 */
function take(next, age_ms, at_ms) {
  const has_same_ids = table !== null && next.ids.length === table.ids.length &&
    next.ids.every((id, row) => id === table?.ids[row]);
  if (has_same_ids) next.ids = /** @type {Table} */ (table).ids;
  table = next;
  if (!has_same_ids) {
    rows = new Map(next.ids.map((id, row) => [id, row]));
    ids_lower = next.ids.map((id) => id.toLowerCase());
    id_keys = null;
  }
  // So that the sources are not shown as they were before it.
  stats_loop.now();
  history.push(next, at_ms - age_ms);
  const { snapshot_id } = next;
  const columns = next.columns.map(copyOf);
  const ids = has_same_ids ? null : next.ids;
  const order = orderOf(next);
  const series = seriesOf(next);
  tell(
    { kind: "snapshot", snapshot_id, ids, columns, order, series, age_ms, at_ms },
    [...buffersOf(columns), order.rows.buffer],
  );
}

/** @param {import("./stream_loop.js").StreamEvent} event */
function takeEvent({ event, data }) {
  const at_ms = nowMs();
  const next = event === "snapshot"
    ? { table: readTable(data), taken_ms: Number(JSON.parse(data).taken_ms) }
    : table === null
    ? null
    : applyChange(table, rows, data);
  if (next === null) {
    // Nothing follows from what is held: the next stream begins with all of it.
    table = null;
    return false;
  }
  etag = "";
  ({ taken_ms } = next);
  take(next.table, clock.ageOf(taken_ms, at_ms), at_ms);
  return rows.size === next.table.ids.length;
}

const stream = new StreamLoop(STREAM_URL, {
  fetch: (url, init) => fetch(url, init),
  now_ms: () => performance.now(),
  onEvent: takeEvent,
  onEnd: () => data_loop.now(),
});

/** @param {Table} table */
function orderOf(table) {
  const rows = matchingRows(ids_lower, view.search);
  const column = table.columns.find(({ name }) => name === view.sort);
  const keys = column === undefined ? id_keys ??= idKeys(table.ids) : sortKeys(column);
  sortRows(rows, keys, view.descending);
  return { rows, is_filtered: view.search.trim() !== "" };
}

/** @param {Table} table */
function seriesOf(table) {
  if (chosen_id === null) return null;
  const names = table.columns.filter(({ kind }) => kind === "number").map(({ name }) => name);
  return history.seriesOf(chosen_id, names);
}

function tellOrder() {
  if (table === null) return;
  const order = orderOf(table);
  tell({ kind: "order", order }, [order.rows.buffer]);
}

function tellSeries() {
  const answer = table === null ? null : seriesOf(table);
  if (answer !== null) tell({ kind: "series", answer });
}

async function askStats() {
  try {
    const response = await ask(STATS_URL);
    const at_ms = nowMs();
    clock.seeDate(response.headers.get("date"), at_ms);
    /** @type {import("./model.js").Stats} */
    const stats = await response.json();
    tell({ kind: "stats", stats, at_ms });
    tellAge(stats.sources, at_ms);
    return true;
  } catch {
    // What the list says counts: a page without /stats still has data to show.
    return false;
  }
}

/**
 * The stream tells when data was taken; how old that is the service knows.
 *
 * @param {readonly import("./model.js").Source[]} sources
 * @param {number} at_ms
 */
function tellAge(sources, at_ms) {
  const delivered = sources.filter(({ age_ms }) => age_ms !== null);
  const snapshot_id = delivered.map((source) => source.snapshot_id).join("+");
  if (Number.isNaN(taken_ms) || snapshot_id !== table?.snapshot_id) return;
  const age_ms = Math.max(...delivered.map((source) => Number(source.age_ms)));
  clock.seeAge(taken_ms, age_ms, at_ms);
  tell({ kind: "age", age_ms, at_ms });
}

const stats_loop = new PollLoop(STATS_INTERVAL_MS, askStats);
const data_loop = new PollLoop(LIST_INTERVAL_MS, askData);
const loops = [data_loop, stats_loop];

globalThis.addEventListener("message", (/** @type {MessageEvent<ToWorker>} */ { data }) => {
  if (data.kind === "hidden") {
    is_hidden = data.hidden;
    if (is_hidden) stream.close();
    return loops.forEach((loop) => loop.setHidden(data.hidden));
  }
  if (data.kind === "worried") {
    stats_loop.interval_ms = data.worried ? WORRIED_STATS_INTERVAL_MS : STATS_INTERVAL_MS;
    return stats_loop.now();
  }
  if (data.kind === "view") {
    view = data.view;
    return tellOrder();
  }
  chosen_id = data.id;
  tellSeries();
});

for (const loop of loops) loop.now();
