/**
 * The worker: receives, parses and sorts, so that the page only draws.
 *
 *     stream events ──┐
 *     ListMetrics ────┼──▶ table ──▶ history, order ──▶ messages to the page
 *     /stats ─────────┘
 *
 * It follows the stream, and polls the list while the stream is refused.
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
const TROUBLE_STATS_INTERVAL_MS = 700;
const RESPONSE_MS_MAX = 15_000;

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
/** Time of `table` by the service's clock; NaN for a polled list. */
let taken_ms = NaN;
let is_hidden = false;
const clock = new ServerClock();
/** @type {import("./model.js").View} */
let view = { sort: "", descending: false, search: "" };
/** @type {string | null} */
let chosen_id = null;

/** @param {FromWorker} message @param {Transferable[]} [transfer] */
function send(message, transfer = []) {
  /** @type {any} */ (globalThis).postMessage(message, transfer);
}

/** @param {URL} url @param {Record<string, string>} [headers] */
function get(url, headers = {}) {
  // Bypasses the browser's cache, to receive a 304 and its age.
  const signal = AbortSignal.timeout(RESPONSE_MS_MAX);
  return fetch(url, { cache: "no-store", credentials: "omit", headers, signal });
}

async function pollData() {
  // Changes are ambiguous for a table with repeated ids.
  const is_followable = table === null || rows.size === table.ids.length;
  if (!is_hidden && is_followable && await stream.open(table?.snapshot_id ?? null)) return true;
  return await pollList();
}

async function pollList() {
  try {
    const response = await get(LIST_URL, etag === "" ? {} : { "if-none-match": etag });
    const at_ms = nowMs();
    const age_header = response.headers.get("x-data-age-ms");
    if (response.status === 304) {
      send({ kind: "age", age_ms: Number(age_header), at_ms });
      return true;
    }
    const text = await response.text();
    if (response.status !== 200) {
      taken_ms = NaN;
      const age_ms = age_header === null ? null : Number(age_header);
      send({ kind: "refused", detail: detailOf(text), age_ms, at_ms });
      return true;
    }
    const next = readTable(text);
    etag = response.headers.get("etag") ?? "";
    taken_ms = NaN;
    take(next, Number(age_header), at_ms);
    return true;
  } catch {
    send({ kind: "unreachable" });
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
  // Updates the state of the sources with the data.
  stats_loop.now();
  history.push(next, at_ms - age_ms);
  const { snapshot_id } = next;
  const columns = next.columns.map(copyOf);
  const ids = has_same_ids ? null : next.ids;
  const order = orderOf(next);
  const series = seriesOf(next);
  send(
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
    // Without a table, the next stream starts with a full snapshot.
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

function sendOrder() {
  if (table === null) return;
  const order = orderOf(table);
  send({ kind: "order", order }, [order.rows.buffer]);
}

function sendSeries() {
  const answer = table === null ? null : seriesOf(table);
  if (answer !== null) send({ kind: "series", answer });
}

async function pollStats() {
  try {
    const response = await get(STATS_URL);
    const at_ms = nowMs();
    clock.seeDate(response.headers.get("date"), at_ms);
    /** @type {import("./model.js").Stats} */
    const stats = await response.json();
    send({ kind: "stats", stats, at_ms });
    sendAge(stats.sources, at_ms);
    return true;
  } catch {
    // Not reported: the page works without /stats.
    return false;
  }
}

/**
 * Sends the age by /stats, because the stream has only the time of the data.
 *
 * @param {readonly import("./model.js").Source[]} sources
 * @param {number} at_ms
 */
function sendAge(sources, at_ms) {
  const delivered = sources.filter(({ age_ms }) => age_ms !== null);
  const snapshot_id = delivered.map((source) => source.snapshot_id).join("+");
  if (Number.isNaN(taken_ms) || snapshot_id !== table?.snapshot_id) return;
  const age_ms = Math.max(...delivered.map((source) => Number(source.age_ms)));
  clock.seeAge(taken_ms, age_ms, at_ms);
  send({ kind: "age", age_ms, at_ms });
}

const stats_loop = new PollLoop(STATS_INTERVAL_MS, pollStats);
const data_loop = new PollLoop(LIST_INTERVAL_MS, pollData);
const loops = [data_loop, stats_loop];

globalThis.addEventListener("message", (/** @type {MessageEvent<ToWorker>} */ { data }) => {
  if (data.kind === "hidden") {
    is_hidden = data.hidden;
    if (is_hidden) stream.close();
    return loops.forEach((loop) => loop.setHidden(data.hidden));
  }
  if (data.kind === "trouble") {
    stats_loop.interval_ms = data.has_trouble ? TROUBLE_STATS_INTERVAL_MS : STATS_INTERVAL_MS;
    return stats_loop.now();
  }
  if (data.kind === "view") {
    view = data.view;
    return sendOrder();
  }
  chosen_id = data.id;
  sendSeries();
});

for (const loop of loops) loop.now();
