/**
 * The newest data: a list or a stream of the followed columns, whichever the service grants.
 *
 *     /telemetry/columns ──▶ fields ──┬──▶ ListMetrics ──┐
 *                                     └──▶ stream ───────┴──▶ table
 */
import { applyChange } from "./changes.js";
import { readTable } from "./columns.js";
import { fieldsOf, infosOf, withinQuery } from "./fields.js";
import { nowMs } from "./model.js";
import { PartCollector, StreamLoop } from "./stream_loop.js";

/** @typedef {import("./model.js").Infos} Infos */
/** @typedef {import("./model.js").Table} Table */

const RESPONSE_MS_MAX = 15_000;

/** A list of 40,000 rows takes a slow machine longer. */
const LIST_MS_MAX = 60_000;

/** From this many cells on, a compressed list comes before the stream. */
const LIST_FIRST_CELLS = 200_000;

/** How long the kinds of the columns stay valid. */
const INFOS_MS_MAX = 30_000;

/**
 * `taken_ms` or `age_ms` is NaN.
 *
 * @typedef {{ table: Table, taken_ms: number, age_ms: number, at_ms: number }} Taken
 */

/**
 * @typedef {object} Listener
 * @property {(taken: Taken) => void} onTable
 * @property {(infos: Infos) => void} onInfos
 * @property {(refused: { detail: string, age_ms: number | null, at_ms: number }) => void} onRefused
 * @property {() => void} onFailure
 * @property {() => void} onEnd Of the stream.
 */

export class Feed {
  /** @type {Table | null} */
  #table = null;
  /** @type {Map<string, number>} */
  #rows = new Map();
  #etag = "";
  /** @type {Infos} */
  #infos = new Map();
  #infos_at_ms = -Infinity;
  /** @type {string[] | null} Null for all. */
  #fields = null;
  #source_rows = 0;
  #parts = new PartCollector();

  /** @param {URL} base @param {import("./settings.js").Choice} choice @param {Listener} listener */
  constructor(base, choice, listener) {
    this.base = base;
    this.choice = choice;
    this.listener = listener;
    this.stream = new StreamLoop(() => this.#url("telemetry/stream"), {
      fetch: (url, init) => fetch(url, init),
      now_ms: () => performance.now(),
      onEvent: (event) => this.#takeEvent(event),
      onEnd: () => listener.onEnd(),
    });
  }

  /** Follows the columns of a view. @param {import("./settings.js").Choice} choice */
  follow(choice) {
    this.choice = choice;
    const fields = fieldsOf(this.#infos, this.#source_rows, choice);
    if (String(fields) === String(this.#fields)) return false;
    this.#fields = fields;
    this.#table = null;
    this.#etag = "";
    this.stream.close();
    return true;
  }

  /** @param {number} rows Rows of all sources. */
  set source_rows(rows) {
    // The default columns depend on the order of magnitude only.
    if (this.#source_rows === 0) this.#source_rows = rows;
  }

  /**
   * One turn: opens the stream, or polls the list.
   *
   * @param {boolean} is_hidden A hidden page must not occupy one of the browser's few connections.
   * @returns {Promise<boolean>} Whether the service responded.
   */
  async poll(is_hidden) {
    try {
      await this.#loadInfos();
      const cells = this.#source_rows * (this.#fields?.length ?? this.#infos.size);
      const starts_with_list = this.#table === null && cells > LIST_FIRST_CELLS;
      if (starts_with_list && !this.stream.is_open) await this.#pollList();
      // Changes are ambiguous for a table with repeated ids.
      const is_followable = this.#table === null || this.#rows.size === this.#table.ids.length;
      if (!is_hidden && is_followable && await this.stream.open(this.#table?.snapshot_id ?? null)) {
        return true;
      }
      if (!starts_with_list) await this.#pollList();
      return true;
    } catch {
      this.listener.onFailure();
      return false;
    }
  }

  /**
   * The columns that are not followed, for one row.
   *
   * @param {string} id
   * @returns {Promise<Table | null>}
   */
  async loadRow(id) {
    const followed = new Set(this.#fields ?? []);
    const fields = withinQuery([...this.#infos.keys()].filter((name) => !followed.has(name)));
    if (fields.length === 0 || this.#fields === null) return null;
    const url = this.#url("telemetry/ListMetrics", fields);
    url.search += `&switch_id=${encodeURIComponent(id)}`;
    const response = await get(url);
    if (response.status !== 200) return null;
    const table = readTable([await response.text()], this.#infos);
    return table.ids.includes(id) ? table : null;
  }

  /** @param {string} path @param {readonly string[] | null} [fields] */
  #url(path, fields = this.#fields) {
    const url = new URL(path, this.base);
    if (fields !== null) url.search = `?fields=${fields.map(encodeURIComponent).join(",")}`;
    return url;
  }

  async #loadInfos() {
    if (performance.now() - this.#infos_at_ms < INFOS_MS_MAX) return;
    const response = await get(new URL("telemetry/columns", this.base));
    if (response.status !== 200) return void await response.body?.cancel();
    this.#infos = infosOf((await response.json()).columns);
    this.#infos_at_ms = performance.now();
    this.listener.onInfos(this.#infos);
    this.follow(this.choice);
  }

  async #pollList() {
    /** @type {Record<string, string>} */
    const headers = this.#etag === "" ? {} : { "if-none-match": this.#etag };
    const fields = this.#fields;
    const response = await get(this.#url("telemetry/ListMetrics"), headers, LIST_MS_MAX);
    const at_ms = nowMs();
    const age = response.headers.get("x-data-age-ms");
    if (response.status === 304) return;
    const text = await response.text();
    if (response.status >= 400 && response.status < 500) {
      // A column is gone: the next turn requests those that are left.
      this.#infos_at_ms = -Infinity;
      return;
    }
    if (response.status !== 200) {
      const age_ms = age === null ? null : Number(age);
      return this.listener.onRefused({ detail: detailOf(text), age_ms, at_ms });
    }
    const table = readTable([text], this.#infos);
    // The view changed meanwhile.
    if (fields !== this.#fields) return;
    this.#etag = response.headers.get("etag") ?? "";
    this.#take({ table, taken_ms: NaN, age_ms: Number(age), at_ms });
  }

  /** @param {import("./stream_loop.js").StreamEvent} event */
  #takeEvent(event) {
    const at_ms = nowMs();
    const whole = this.#parts.push(event);
    if (whole === null) return true;
    const { texts } = whole;
    const table = whole.event === "snapshot"
      ? readTable(texts, this.#infos)
      : this.#table === null
      ? null
      : applyChange(this.#table, this.#rows, texts);
    if (table === null) {
      // Without a table, the next stream starts with a full snapshot.
      this.#table = null;
      return false;
    }
    this.#etag = "";
    const { taken_ms } = JSON.parse(texts[0]);
    this.#take({ table, taken_ms, age_ms: NaN, at_ms });
    return this.#rows.size === table.ids.length;
  }

  /** @param {Taken} taken */
  #take(taken) {
    const { table } = taken;
    const known = this.#table?.ids;
    const has_same_ids = known !== undefined && known.length === table.ids.length &&
      table.ids.every((id, row) => id === known[row]);
    if (has_same_ids) table.ids = known;
    else this.#rows = new Map(table.ids.map((id, row) => [id, row]));
    this.#table = table;
    this.listener.onTable(taken);
  }
}

/** @param {URL} url @param {Record<string, string>} [headers] */
export function get(url, headers = {}, timeout_ms = RESPONSE_MS_MAX) {
  // Bypasses the browser's cache, to receive a 304.
  const signal = AbortSignal.timeout(timeout_ms);
  return fetch(url, { cache: "no-store", credentials: "same-origin", headers, signal });
}

/** @param {string} text */
function detailOf(text) {
  try {
    return String(JSON.parse(text).detail);
  } catch {
    return text.slice(0, 200);
  }
}
