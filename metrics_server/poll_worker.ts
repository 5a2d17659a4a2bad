/**
 * The poll worker: turns polls into snapshots away from the threads that answer requests.
 *
 *     source ──> Poller ──snapshot, items──> main thread ──> serving threads
 *                  ^                                              │
 *                  └──────────── buffers, when all released ──────┘
 */
import { snapshotId } from "../contracts/mod.ts";
import { denoTracing, redactUrl } from "../platform/mod.ts";
import type { FromPollWorker, ToPollWorker } from "./messages.ts";
import { BufferPool } from "./parse/mod.ts";
import {
  fetchReader,
  paceWork,
  Poller,
  type PollerConfig,
  type PollerWorld,
  type PollOutcome,
  tracePolls,
} from "./poll/mod.ts";
import { Keeper, openStore, type SnapshotStore, sourceName } from "./saved/mod.ts";
import {
  estimateItemsBytes,
  ItemsDemand,
  renderItems,
  type RepeatedRows,
  repeatedRows,
  type SnapshotData,
} from "./snapshot/mod.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToPollWorker>) => void) | null;
  postMessage(message: FromPollWorker): void;
};

const [low, high] = crypto.getRandomValues(new Uint32Array(2));
const hash_key = { low, high };

const tracing = denoTracing("metrics_server");

let sources: PolledSource[] = [];
let store: SnapshotStore | null = null;

/** Starts at the microseconds since 1970: a replacement worker continues above its predecessor. */
let last_hand_over = Math.floor(performance.timeOrigin * 1000);

scope.onmessage = ({ data: message }) => {
  switch (message.kind) {
    case "start":
      return start(message);
    case "request_items":
      return sources[message.source].requestItems();
    case "released":
      return sources[message.source].release(message.hand_over);
    case "stop":
      return void stop();
  }
};

function start(message: Extract<ToPollWorker, { kind: "start" }>): void {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 1, http2: false });
  const pacing = paceWork(() => performance.now(), sleep);
  const read = fetchReader(client, () => Date.now(), pacing);
  let sequence = 0;
  const nextId = () => snapshotId(message.boot, ++sequence);
  const { setting, save_ms, restore } = message.store;
  store = setting === "" ? null : openStore(setting, later);
  sources = message.sources.map((config, source) =>
    new PolledSource(source, message.serving_threads, config, { read, pacing, nextId }, save_ms)
  );
  const restored = Promise.all(sources.map((source) => source.start(restore)));
  restored.then(() => scope.postMessage({ kind: "restored" }));
}

async function stop(): Promise<void> {
  for (const { poller } of sources) poller.stop();
  await Promise.all(sources.map(({ keeper }) => keeper?.stop()));
  store?.close();
  scope.postMessage({ kind: "flushed" });
}

/** Longest wait of the first poll for a stored snapshot, which may also arrive after it. */
const RESTORE_MS_MAX = 1000;

/** One source: its poller, its memory, and the snapshot it handed over last. */
class PolledSource {
  readonly poller: Poller;
  /** Null without SNAPSHOT_STORE. */
  readonly keeper: Keeper | null;
  snapshot: SnapshotData | null = null;
  #items: Uint8Array<SharedArrayBuffer> | null = null;
  #hand_over = 0;
  readonly #demand = new ItemsDemand();
  readonly #pool = new BufferPool();
  /** Memory of the snapshots that `readers` serving threads have not released yet. */
  readonly #handed_over = new Map<number, { buffers: SharedArrayBuffer[]; readers: number }>();

  constructor(
    readonly source: number,
    readonly serving_threads: number,
    config: PollerConfig,
    shared: Pick<PollerWorld, "read" | "pacing" | "nextId">,
    save_ms: number,
  ) {
    const report = (outcome: PollOutcome) => this.#report(outcome);
    const steps = tracing === null
      ? { read: shared.read, report }
      : tracePolls(tracing, { read: shared.read, report });
    const world: PollerWorld = {
      ...shared,
      ...steps,
      epoch_ms: () => Date.now(),
      monotonic_ms: () => performance.now(),
      random: Math.random,
      later,
      hash_key,
      buffers: this.#pool,
      reportStats: (stats) => scope.postMessage({ kind: "stats", source, stats }),
      prepare: (snapshot) =>
        this.#demand.take(estimateItemsBytes(snapshot)) ? renderItems(snapshot, this.#pool) : null,
    };
    this.poller = new Poller(config, world, steps.report);
    const { monotonic_ms } = world;
    const { bytes_max, shard } = config;
    const url = redactUrl(config.url);
    const options = { source: sourceName(url, shard), bytes_max, save_ms, monotonic_ms, later };
    this.keeper = store && new Keeper({
      ...options,
      store,
      isEmpty: () => this.snapshot === null,
      newest: () => this.poller.save(),
      report(event, detail) {
        const level = event === "store.recovered" ? "info" : "warn";
        scope.postMessage({ kind: "event", level, event, fields: { source: url, detail } });
      },
    });
  }

  /** Restores the stored snapshot, then polls; waits at most {@link RESTORE_MS_MAX}. */
  async start(restore: boolean): Promise<void> {
    if (this.keeper !== null && restore) {
      const restored = this.keeper.restore((saved) => this.poller.restore(saved));
      await Promise.race([restored, new Promise<void>((late) => later(RESTORE_MS_MAX, late))]);
    }
    this.poller.start();
  }

  #report(outcome: PollOutcome): void {
    const { event, fields, stats, snapshot, items, not_after_ms, row_times } = outcome;
    const { source } = this;
    let repeated: RepeatedRows | undefined;
    if (snapshot !== null) {
      this.snapshot = snapshot;
      this.#items = items;
      this.#hand_over = ++last_hand_over;
      const buffers = [snapshot.table.bytes.buffer, snapshot.table.cells.buffer];
      if (items !== null) buffers.push(items.buffer);
      this.#handed_over.set(this.#hand_over, { buffers, readers: this.serving_threads });
      repeated = newlyRepeated();
    }
    const hand_over = this.#hand_over;
    const update = { source, stats, snapshot, items, hand_over, repeated, not_after_ms };
    scope.postMessage({ kind: "poll", update, event, fields, row_times });
    const is_news = snapshot !== null || not_after_ms !== undefined;
    if (is_news && event === "poll.run") this.keeper?.changed();
  }

  /** Renders the items of the current snapshot, unless they are rendered already. */
  requestItems(): void {
    this.#demand.request();
    if (this.snapshot === null || this.#items !== null) return;
    const hand_over = this.#hand_over;
    const items = this.#items = renderItems(this.snapshot, this.#pool);
    this.#handed_over.get(hand_over)?.buffers.push(items.buffer);
    scope.postMessage({ kind: "items", update: { source: this.source, hand_over, items } });
  }

  /** Reuses a snapshot's memory once every serving thread has released it. */
  release(hand_over: number): void {
    const handed = this.#handed_over.get(hand_over);
    if (handed === undefined || --handed.readers > 0) return;
    this.#handed_over.delete(hand_over);
    for (const buffer of handed.buffers) this.#pool.give(buffer);
  }
}

let repeated_key = "";

/** Rows whose id an earlier source has; undefined if they are the same as at the last call. */
function newlyRepeated(): RepeatedRows | undefined {
  const repeated = repeatedRows(
    sources.map(({ snapshot }) => snapshot).filter((snapshot) => snapshot !== null),
  );
  if (repeated.key === repeated_key) return undefined;
  repeated_key = repeated.key;
  return repeated;
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Blocks this thread for less than a timer could wait. */
function sleep(duration_ms: number): void {
  Atomics.wait(never, 0, 0, duration_ms);
}

function later(delay_ms: number, run: () => void): () => void {
  const timer = setTimeout(run, delay_ms);
  return () => clearTimeout(timer);
}
