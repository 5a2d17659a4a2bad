/**
 * The worker: receives, parses, judges and sorts, so that the page only draws.
 *
 *     feed.js ──▶ table ──▶ history, worst rows, order ──▶ messages to the page
 *     /stats ─────────────────────────────────────────────▶
 */
import { buffersOf, copyOf } from "./columns.js";
import { Feed, get } from "./feed.js";
import { History } from "./history.js";
import { nowMs } from "./model.js";
import { orderOf, worstColumn } from "./order.js";
import { PollLoop } from "./poll_loop.js";
import { ServerClock } from "./server_clock.js";
import { readChoice } from "./settings.js";

/** @typedef {import("./model.js").FromWorker} FromWorker */
/** @typedef {import("./model.js").ToWorker} ToWorker */
/** @typedef {import("./model.js").Table} Table */

const LIST_INTERVAL_MS = 1_000;
const STATS_INTERVAL_MS = 2_000;
const TROUBLE_STATS_INTERVAL_MS = 700;

/** Wait for the changes of other sources, which come together. */
const GATHER_MS = 60;

const BASE = new URL("../", import.meta.url);
const STATS_URL = new URL("stats", BASE);

const history = new History();
/** The chosen row's columns that are not followed. */
let row_history = new History();
/** @type {Table | null} */
let row_table = null;
/** @type {{ table: Table, age_ms: number, at_ms: number } | null} The newest data. */
let newest = null;
/** @type {Table | null} What the page shows: `newest`, unless it is paused. */
let shown = null;
/** @type {readonly string[] | null} Ids that the page has. */
let sent_ids = null;
/** @type {import("./model.js").NumberColumn | null} */
let worst = null;
/** @type {number | undefined} */
let gathering;
/** Time of the newest data by the service's clock; NaN for a polled list. */
let taken_ms = NaN;
let is_hidden = false;
let is_paused = false;
const clock = new ServerClock();
let choice = readChoice("");
/** @type {readonly import("./model.js").Source[]} */
let sources = [];

/** @param {FromWorker} message @param {Transferable[]} [transfer] */
function send(message, transfer = []) {
  /** @type {any} */ (globalThis).postMessage(message, transfer);
}

const feed = new Feed(BASE, choice, {
  onTable(taken) {
    const { table, at_ms } = taken;
    ({ taken_ms } = taken);
    const age_ms = Number.isNaN(taken.age_ms) ? clock.ageOf(taken_ms, at_ms) : taken.age_ms;
    newest = { table, age_ms, at_ms };
    gathering ??= setTimeout(takeGathered, GATHER_MS);
  },
  onInfos: (infos) => send({ kind: "infos", infos: [...infos] }),
  onRefused(refused) {
    taken_ms = NaN;
    send({ kind: "refused", ...refused });
  },
  onFailure: () => stats_loop.now(),
  onEnd: () => data_loop.now(),
});

function takeGathered() {
  gathering = undefined;
  if (newest === null) return;
  const { table, age_ms, at_ms } = newest;
  // Updates the state of the sources with the data.
  stats_loop.now();
  history.push(table, at_ms - age_ms);
  loadRow();
  if (!is_paused) sendSnapshot();
}

function sendSnapshot() {
  if (newest === null) return;
  const { table, age_ms, at_ms } = newest;
  shown = table;
  const { snapshot_id } = table;
  worst = worstColumn(table, choice);
  const columns = table.columns.map(copyOf);
  const ids = table.ids === sent_ids ? null : table.ids;
  sent_ids = table.ids;
  const order = orderOf(table, worst, choice, isStale());
  const series = seriesOf();
  const copy = worst === null ? null : copyOf(worst);
  send(
    { kind: "snapshot", snapshot_id, ids, columns, worst: copy, order, series, age_ms, at_ms },
    [...buffersOf(copy === null ? columns : [...columns, copy]), order.rows.buffer],
  );
}

function sendOrder() {
  if (shown === null) return;
  worst = worstColumn(shown, choice);
  const order = orderOf(shown, worst, choice, isStale());
  const copy = worst === null ? null : copyOf(worst);
  send({ kind: "order", order, worst: copy }, [
    order.rows.buffer,
    ...buffersOf(copy === null ? [] : [copy]),
  ]);
}

/** Whether a row is older than the bound of the sources; null if no bound is known. */
function isStale() {
  const bounds = sources.flatMap(({ freshness }) => freshness?.bound_ms ?? []);
  const column = shown?.columns.find(({ info }) => info.kind === "time");
  const unit = sources.find(({ row_times }) => row_times?.unit)?.row_times?.unit;
  if (bounds.length === 0 || column === undefined || !unit) return null;
  const before_ms = clock.nowMs(nowMs()) - Math.max(...bounds);
  return (/** @type {number} */ row) => timeOf(column, row, unit) < before_ms;
}

/** @type {Readonly<Record<string, number>>} */
const UNIT_MS = { s: 1_000, ms: 1, us: 1e-3, ns: 1e-6 };

/** @param {import("./model.js").Column} column @param {number} row @param {string} unit */
function timeOf(column, row, unit) {
  if (column.kind === "text") return Date.parse(column.words[column.codes[row]] ?? "");
  return column.values[row] * (UNIT_MS[unit] ?? NaN);
}

function seriesOf() {
  if (choice.id === "" || shown === null) return null;
  const names = shown.columns.filter(({ kind }) => kind === "number").map(({ name }) => name);
  const answer = history.seriesOf(choice.id, names);
  if (row_table === null) return { ...answer, others: null };
  const { columns } = row_table;
  const others = row_history.seriesOf(choice.id, columns.map(({ name }) => name));
  return { ...answer, others: { ...others, columns } };
}

function sendSeries() {
  const answer = seriesOf();
  if (answer !== null) send({ kind: "series", answer });
}

async function loadRow() {
  const { id } = choice;
  if (id === "") return;
  const table = await feed.loadRow(id).catch(() => null);
  if (table === null || id !== choice.id) return;
  row_history.push(table, nowMs());
  row_table = table;
  sendSeries();
}

async function pollStats() {
  try {
    const response = await get(STATS_URL);
    const at_ms = nowMs();
    clock.seeDate(response.headers.get("date"), at_ms);
    /** @type {import("./model.js").Stats} */
    const stats = await response.json();
    ({ sources } = stats);
    feed.source_rows = sources.reduce((sum, { rows }) => sum + rows, 0);
    send({ kind: "stats", stats, at_ms });
    setClock(at_ms);
    return true;
  } catch {
    send({ kind: "unreachable" });
    return false;
  }
}

/**
 * Learns the service's clock from an age in /stats of the data that the stream dates.
 *
 * @param {number} at_ms
 */
function setClock(at_ms) {
  const delivered = sources.filter(({ age_ms }) => age_ms !== null);
  const snapshot_id = delivered.map((source) => source.snapshot_id).join("+");
  if (Number.isNaN(taken_ms) || snapshot_id !== newest?.table.snapshot_id) return;
  clock.seeAge(taken_ms, Math.max(...delivered.map(({ age_ms }) => Number(age_ms))), at_ms);
}

const stats_loop = new PollLoop(STATS_INTERVAL_MS, pollStats);
const data_loop = new PollLoop(LIST_INTERVAL_MS, () => feed.poll(is_hidden));
const loops = [stats_loop, data_loop];

globalThis.addEventListener("message", (/** @type {MessageEvent<ToWorker>} */ { data }) => {
  if (data.kind === "hidden") {
    is_hidden = data.hidden;
    if (is_hidden) feed.stream.close();
    return loops.forEach((loop) => loop.setHidden(data.hidden));
  }
  if (data.kind === "trouble") {
    stats_loop.interval_ms = data.has_trouble ? TROUBLE_STATS_INTERVAL_MS : STATS_INTERVAL_MS;
    return stats_loop.now();
  }
  if (data.kind === "pause") {
    is_paused = data.is_paused;
    return is_paused ? undefined : sendSnapshot();
  }
  const has_new_id = data.choice.id !== choice.id;
  choice = data.choice;
  if (feed.follow(choice)) data_loop.now();
  sendOrder();
  if (!has_new_id) return;
  row_history = new History();
  row_table = null;
  sendSeries();
  loadRow();
});

// The choice arrives first, so that the page never requests the columns of another view.
globalThis.addEventListener("message", () => stats_loop.now().then(() => data_loop.now()), {
  once: true,
});
