/**
 * The poll worker: turns polls into snapshots away from the threads that answer requests.
 *
 *     source ──> Poller ──snapshot, items──> main thread ──> serving threads
 *                  ^                                              │
 *                  └──────────── buffers, when all released ──────┘
 */
import { snapshotId } from "../contracts/mod.ts";
import { denoTracing } from "../platform/mod.ts";
import type { FromPollWorker, ToPollWorker } from "./messages.ts";
import { type OpenPersistence, openPersistence } from "./persistence.ts";
import { fetchReader, paceWork, tracePolls } from "./poll/mod.ts";
import { PolledSource, type PolledSources } from "./polled_source.ts";
import { sourceName } from "./saved/mod.ts";
import { type RepeatedRows, repeatedRows } from "./snapshot/mod.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToPollWorker>) => void) | null;
  postMessage(message: FromPollWorker): void;
};

const tracing = denoTracing("metrics_server");

let sources: PolledSource[] = [];
let persistence: OpenPersistence;

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
  const [low, high, name] = crypto.getRandomValues(new Uint32Array(3));
  const clocks = {
    epoch_ms: () => Date.now(),
    monotonic_ms: () => performance.now(),
    random: Math.random,
    later,
  };
  const pacing = paceWork(clocks.monotonic_ms, sleep);
  let sequence = 0;
  const post = (next: FromPollWorker) => scope.postMessage(next);
  persistence = openPersistence({
    ...message.store,
    sources: message.sources.map(sourceName),
    world: clocks,
    replica_id: name.toString(16).padStart(8, "0"),
    post,
  });
  const shared: PolledSources = {
    world: {
      ...clocks,
      read: fetchReader(client, clocks.epoch_ms, pacing),
      pacing,
      hash_key: { low, high },
      nextId: () => snapshotId(message.boot, ++sequence),
    },
    trace: tracing && ((steps) => tracePolls(tracing, steps)),
    serving_threads: message.serving_threads,
    post,
    nextHandOver: () => ++last_hand_over,
    newlyRepeated,
    persist: (source, bytes_max) => persistence.of(source, bytes_max),
  };
  sources = message.sources.map((config, index) => new PolledSource(index, config, shared));
  persistence.start();
  const started = Promise.all(sources.map((source) => source.persistence.start()));
  started.then(() => post({ kind: "restored" }));
}

async function stop(): Promise<void> {
  for (const { poller } of sources) poller.stop();
  await Promise.all(sources.map((source) => source.persistence.stop()));
  persistence.close();
  scope.postMessage({ kind: "flushed" });
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
