/**
 * The thread that polls: everything between a source and a finished snapshot happens here, so that
 * nothing of it can hold up an answer.
 */
import { snapshotId } from "../contracts/mod.ts";
import { denoTracing } from "../platform/mod.ts";
import type { FromPollWorker, ToPollWorker } from "./messages.ts";
import {
  fetchReader,
  giveWay,
  ItemsDemand,
  Poller,
  type PollerConfig,
  type PollerStats,
  type PollerWorld,
  type PollSteps,
  tracePolls,
} from "./poll/mod.ts";
import { BufferPool } from "./parse/mod.ts";
import {
  estimateItemsBytes,
  ITEMS_BYTES_MAX,
  renderItems,
  type RepeatedRows,
  repeatedRows,
  type SnapshotData,
} from "./snapshot/mod.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToPollWorker>) => void) | null;
  postMessage(message: FromPollWorker): void;
};

/** Memory of a snapshot that was handed out. */
interface HandedOut {
  readonly buffers: SharedArrayBuffer[];
  /** Serving threads that have not released it yet. */
  open: number;
}

/** One source: its poller, its memory, and the items prepared of the snapshot held. */
interface Polled {
  readonly poller: Poller;
  readonly demand: ItemsDemand;
  readonly pool: BufferPool;
  readonly handed_out: Map<number, HandedOut>;
  /** Number of the hand-over of the snapshot held. */
  hand_over: number;
  items: Uint8Array<SharedArrayBuffer> | null;
}

const [low, high] = crypto.getRandomValues(new Uint32Array(2));
const hash_key = { low, high };

const tracing = denoTracing("metrics_server");

let polled: Polled[] = [];

/** Microseconds since 1970 to begin with: a worker that replaces this one begins above its numbers. */
let last_hand_over = Math.floor(performance.timeOrigin * 1000);

function nextHandOver(): number {
  return ++last_hand_over;
}

scope.onmessage = ({ data: message }) => {
  switch (message.kind) {
    case "start":
      return start(message);
    case "want_items":
      return wantItems(message.source);
    case "released":
      return release(polled[message.source], message.hand_over);
    case "stop":
      return polled.forEach(({ poller }) => poller.stop());
  }
};

function start(message: Extract<ToPollWorker, { kind: "start" }>): void {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 1, http2: false });
  const monotonic_ms = () => performance.now();
  const way = giveWay(monotonic_ms, sleep);
  const read = fetchReader(client, () => Date.now(), way);
  let sequence = 0;
  const nextId = () => snapshotId(message.boot, ++sequence);
  polled = message.sources.map((config, source) =>
    startSource(config, source, message.serving_threads, { read, way, nextId })
  );
  for (const { poller } of polled) poller.start();
}

function startSource(
  config: PollerConfig,
  source: number,
  serving_threads: number,
  shared: Pick<PollerWorld, "read" | "way" | "nextId">,
): Polled {
  const pool = new BufferPool();
  const demand = new ItemsDemand();
  const steps: PollSteps = {
    read: shared.read,
    report({ event, fields, stats, snapshot }) {
      const items = snapshot === null ? null : entry.items;
      if (snapshot !== null) {
        entry.hand_over = nextHandOver();
        const buffers = [snapshot.table.bytes.buffer, snapshot.table.cells.buffer];
        if (items !== null) buffers.push(items.buffer);
        entry.handed_out.set(entry.hand_over, { buffers, open: serving_threads });
      }
      const { hand_over } = entry;
      const repeated = snapshot === null ? undefined : newlyRepeated(source, snapshot);
      const update = { source, stats, snapshot, items, hand_over, repeated };
      scope.postMessage({ kind: "poll", update, event, fields });
    },
  };
  const { report, ...traced } = tracing === null ? steps : tracePolls(tracing, steps);
  const world = {
    ...shared,
    ...traced,
    epoch_ms: () => Date.now(),
    monotonic_ms: () => performance.now(),
    random: Math.random,
    later,
    hash_key,
    buffers: pool,
    tell: (stats: PollerStats) => scope.postMessage({ kind: "stats", source, stats }),
    prepare(snapshot: SnapshotData) {
      const bytes = estimateItemsBytes(snapshot);
      const wanted = demand.take(bytes);
      entry.items = wanted && bytes <= ITEMS_BYTES_MAX ? renderItems(snapshot, pool) : null;
    },
  };
  const poller = new Poller(config, world, report);
  const entry: Polled = { poller, demand, pool, handed_out: new Map(), hand_over: 0, items: null };
  return entry;
}

let repeated_key = "";

/** Which rows are not to be listed once this snapshot is held; nothing where that was told before. */
function newlyRepeated(source: number, snapshot: SnapshotData): RepeatedRows | undefined {
  const snapshots = polled.map(({ poller }, index) => index === source ? snapshot : poller.snapshot)
    .filter((held) => held !== null);
  const repeated = repeatedRows(snapshots);
  if (repeated.key === repeated_key) return undefined;
  repeated_key = repeated.key;
  return repeated;
}

function wantItems(source: number): void {
  const { poller, demand, pool, handed_out, hand_over, items: prepared } = polled[source];
  demand.ask();
  const snapshot = poller.snapshot;
  if (snapshot === null || prepared !== null) return;
  const items = polled[source].items = renderItems(snapshot, pool);
  handed_out.get(hand_over)?.buffers.push(items.buffer);
  scope.postMessage({ kind: "items", update: { source, hand_over, items } });
}

/** Once every serving thread has let go of a snapshot, its memory takes a later one. */
function release({ pool, handed_out }: Polled, hand_over: number): void {
  const handed = handed_out.get(hand_over);
  if (handed === undefined || --handed.open > 0) return;
  handed_out.delete(hand_over);
  for (const buffer of handed.buffers) pool.give(buffer);
}

const never = new Int32Array(new SharedArrayBuffer(4));

/** Sleeps for less than a timer can. Nothing else of this thread runs meanwhile. */
function sleep(duration_ms: number): void {
  Atomics.wait(never, 0, 0, duration_ms);
}

function later(delay_ms: number, run: () => void): () => void {
  const timer = setTimeout(run, delay_ms);
  return () => clearTimeout(timer);
}
