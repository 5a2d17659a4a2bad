/** A store filled from CSV text, and a handler over it, for tests. */
import type { Shard } from "../../contracts/mod.ts";
import {
  allowedHosts,
  Durations,
  LatencyWindow,
  type Log,
  LOG_LABELS_MAX,
  type LogFields,
  RequestDurations,
} from "../../platform/mod.ts";
import { FabricMetrics, FabricRenderer, type FabricSelection } from "../fabric/mod.ts";
import { emptyStats, type PollerStats } from "../poll/mod.ts";
import { QUERY_PARAMETERS } from "../openapi/mod.ts";
import { bodyRows, FRESH_BUFFERS } from "../parse/mod.ts";
import {
  DEFLATE_INLINE_BYTES_MAX,
  deflateItems,
  renderItems,
  type SnapshotData,
} from "../snapshot/mod.ts";
import { Store } from "../store.ts";
import {
  createHandler,
  ENDPOINTS,
  LATENCIES,
  metricsFamilies,
  POLL_PHASES,
  statsAnswer,
} from "../serve/mod.ts";
import { snapshotOf as parsedSnapshot } from "./snapshots.ts";

/** Longest JSON list of a {@link TestServer}. */
export const LIST_BYTES_MAX = 80 * 1024 * 1024;

export const CSV = "switch_id,bandwidth_gbps,latency_us,packet_errors\n" +
  "sw-000,122.4,1.5,9007199254740993\nsw-001,N/A,,7\n";

/** A snapshot of a CSV text after another one, taken at `taken_ms` unless its rows have times. */
export function snapshotOf(
  csv: string,
  id: string,
  taken_ms: number,
  before: SnapshotData | null = null,
): SnapshotData {
  const data = parsedSnapshot(csv, Infinity, [], before);
  const not_after_ms = taken_ms;
  const dated: SnapshotData = data.time_source === "rows"
    ? { ...data, id, not_after_ms }
    : { ...data, id, not_after_ms, taken_ms, time_source: "header" };
  if (before === null) return dated;
  const { table, topology, time_column } = before;
  const elapsed_ms = dated.taken_ms - before.taken_ms;
  return {
    ...dated,
    earlier: { rows: bodyRows(table, FRESH_BUFFERS), topology, time_column, elapsed_ms },
  };
}

export class FilledStore {
  readonly store: Store;

  /** Snapshot id of each hand-over, counted from 1. */
  readonly #ids: string[] = [];

  /** @param onRelease Called with the id of each released snapshot. */
  constructor(
    readonly urls = ["http://source/counters"],
    onRelease: (source: number, id: string) => void = () => {},
  ) {
    this.store = new Store(
      urls,
      (source, hand_over) => onRelease(source, this.#ids[hand_over - 1]),
    );
  }

  take(csv: string, id: string, taken_ms: number, source = 0, with_items = true): this {
    const before = this.store.sources[source].snapshot?.data ?? null;
    const snapshot = snapshotOf(csv, id, taken_ms, before);
    const items = with_items ? renderItems(snapshot) : null;
    const hand_over = this.#ids.push(id);
    this.store.update({ source, stats: this.stats(source, id), snapshot, items, hand_over });
    if (items !== null && items.length > DEFLATE_INLINE_BYTES_MAX) {
      this.store.sources[source].deflated = deflateItems(items);
    }
    return this;
  }

  fail(source: number, cause: "refused" | "timeout"): this {
    const last_error = { cause, detail: cause, at: "2026-01-01T00:00:00.000Z" };
    const stats = { ...this.store.sources[source].stats, last_error, consecutive_failures: 1 };
    this.store.update({ source, stats, snapshot: null, items: null, hand_over: 0 });
    return this;
  }

  /** An answer shows that the data is at least as old as this. */
  age(not_after_ms: number, source = 0): this {
    const { stats } = this.store.sources[source];
    this.store.update({ source, stats, snapshot: null, items: null, hand_over: 0, not_after_ms });
    return this;
  }

  /** The data of the last snapshots came at these intervals. */
  learn(intervals_ms: readonly number[], source = 0): this {
    const { stats, snapshot } = this.store.sources[source];
    const { not_after_ms } = snapshot!.data;
    const unchanged = { source, stats, snapshot: null, items: null, hand_over: 0 };
    this.store.update({ ...unchanged, not_after_ms, intervals_ms });
    return this;
  }

  stats(source: number, snapshot_id: string): PollerStats {
    return {
      ...emptyStats(this.urls[source]),
      polls: 1,
      successes: 1,
      snapshot_id,
      time_source: "header",
    };
  }
}

interface AccessLine {
  ts_ms: number;
  endpoint: string;
  status: number;
  latency_ms: number;
  age_ms: number;
  /** NaN unless the body is long. */
  bytes_sent: number;
  is_debug: boolean;
  /** Text fields, from labels or of a detailed line. */
  facts: LogFields;
}

/** A handler with a clock that the test sets. */
export class TestServer {
  now_ms = 1_000_000;
  client = "192.0.2.7";
  monotonic_ms = () => 0;
  stopping = false;
  cut = 0;
  readonly access: AccessLine[] = [];
  readonly wanted: number[] = [];
  /** Sources whose compressed items were requested. */
  readonly wanted_gzip: number[] = [];
  readonly latency = new LatencyWindow(LATENCIES);
  readonly requests = new RequestDurations(ENDPOINTS.length);
  readonly polls: Durations;
  readonly #handler: ReturnType<typeof createHandler>;

  constructor(readonly store: Store, options: {
    max_stale_ms?: number;
    fresh_bound_ms?: number;
    ready_requires?: "any" | "all";
    access_on?: boolean;
    debug_on?: boolean;
    access_every?: number | null;
    fabric_series_max?: number;
    fabric_columns?: string[];
    shard?: Shard;
    guard?: Parameters<typeof createHandler>[0]["guard"];
  } = {}) {
    this.polls = new Durations(store.sources.length * POLL_PHASES.length);
    const limits = {
      max_stale_ms: options.max_stale_ms ?? Infinity,
      fresh_bound_ms: options.fresh_bound_ms ?? 0,
      poll_ms: 1500,
      ready_requires: options.ready_requires ?? "any" as const,
      retry_after_s: 2,
      list_bytes_max: LIST_BYTES_MAX,
      fabric_columns: options.fabric_columns,
      shard: options.shard,
    };
    const now = () => this.now_ms;
    const { fabric_series_max: series_max } = options;
    const renderer = series_max === undefined
      ? null
      : new FabricRenderer(store, { series_max, max_stale_ms: limits.max_stale_ms }, {
        now,
        later: () => {},
      });
    const render = renderer && ((selection: FabricSelection) => renderer.render(selection));
    const fabric = new FabricMetrics(store, limits, render, now, () => this.cut++);
    this.#handler = createHandler({
      store,
      limits,
      allowsHost: allowedHosts(""),
      guard: options.guard,
      parameters: QUERY_PARAMETERS,
      latency: this.latency,
      requests: this.requests,
      families: (now_ms) =>
        metricsFamilies({
          store,
          requests: [this.requests],
          polls: this.polls,
          now_ms,
          limits,
          figures: {
            started_epoch_ms: 900_000,
            resident_bytes: 1_000_000,
            lines_dropped: 3,
            heaps: [{ used_bytes: 7e6, size_bytes: 9e6, external_bytes: 1e6 }],
            block_max_ms: [1.5, 2],
            deno: "9.9.9",
          },
        }),
      log: this.#log(options.access_on ?? true, options.debug_on ?? true),
      access_every: options.access_every === undefined ? 1 : options.access_every,
      clock: { epoch_ms: () => this.now_ms, monotonic_ms: () => this.monotonic_ms() },
      requestItems: (source, gzip) => (gzip ? this.wanted_gzip : this.wanted).push(source),
      stopping: () => this.stopping,
      stream: () => new Response("stream"),
      fabricMetrics: (request, query, now_ms) => fabric.answer(request, query, now_ms),
      onCut: () => this.cut++,
      stats: (now_ms) =>
        statsAnswer({
          store,
          limits,
          latency: [this.latency],
          now_ms,
          uptime_ms: 5,
          lines_dropped: 3,
          block_max_ms: 1.5,
        }),
    });
  }

  request(
    path: string,
    init?: RequestInit,
    origin = "http://localhost:8080",
  ): Response | Promise<Response> {
    const remoteAddr: Deno.NetAddr = { transport: "tcp", hostname: this.client, port: 50_000 };
    const info = { remoteAddr, completed: Promise.resolve() };
    const request = new Request(`${origin}${path}`, init);
    if (!request.headers.has("host")) request.headers.set("host", "localhost:8080");
    return this.#handler(request, info);
  }

  async json(path: string, init?: RequestInit) {
    const response = await this.request(path, init);
    return { response, status: response.status, body: await response.json() };
  }

  #log(access_on: boolean, debug_on: boolean): Log {
    const ignore = () => {};
    const labels = new Map<number, LogFields>();
    return {
      debug: ignore,
      info: ignore,
      warn: ignore,
      error: ignore,
      access: (ts_ms, endpoint, status, latency_ms, age_ms, bytes_sent, label, label_2, is_debug) =>
        this.access.push({
          ts_ms,
          endpoint: ENDPOINTS[endpoint],
          status,
          latency_ms,
          age_ms,
          bytes_sent,
          is_debug: is_debug ?? false,
          facts: { ...labels.get(label ?? 0), ...labels.get(label_2 ?? 0) },
        }),
      accessFields: ({ endpoint, status, latency_ms, age_ms, bytes_sent, ...facts }) =>
        this.access.push({
          ts_ms: this.now_ms,
          endpoint: String(endpoint),
          status: Number(status),
          latency_ms: Number(latency_ms),
          age_ms: Number(age_ms),
          bytes_sent: Number(bytes_sent),
          is_debug: false,
          facts,
        }),
      label: (number, fields) => number < LOG_LABELS_MAX && labels.set(number, fields).has(number),
      access_on,
      debug_on,
      lines_dropped: 0,
    };
  }
}

/** A handler over one snapshot, 820 ms old. */
export function testedOn(csv: string): TestServer {
  return new TestServer(new FilledStore().take(csv, "boot-1", 999_180).store);
}

/** CSV with this many switches and two columns. */
export function wide(rows: number): string {
  const text = Array.from({ length: rows }, (_, i) => `sw-${i},${i},${i}.5\n`).join("");
  return `switch_id,a,b\n${text}`;
}

/** Over 1 MiB as JSON, so that its list is sent in chunks. */
export function longCsv(seed = 0): string {
  const rows = Array.from({ length: 30_000 }, (_, i) => `sw-${i},${i + seed}.5,${i}`);
  return `switch_id,bandwidth_gbps,latency_us\n${rows.join("\n")}\n`;
}
