/**
 * The poll worker: turns polls into snapshots away from the threads that answer requests.
 *
 *     source ──> Poller ──snapshot, items──> main thread ──> serving threads
 *                  ^                                              │
 *                  └──────────── buffers, when all released ──────┘
 */
import { denoTracing } from "../platform/mod.ts";
import type { FromPollWorker, ToPollWorker } from "./messages.ts";
import { fetchReader, paceWork, SourceClient } from "./poll/mod.ts";
import { Polling } from "./polling.ts";
import { dialRedis } from "./redis/mod.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToPollWorker>) => void) | null;
  postMessage(message: FromPollWorker): void;
};

const tracing = denoTracing("metrics_server");

let polling: Polling;

let client: SourceClient;

scope.onmessage = ({ data: message }) => {
  if (message.kind === "start") polling = start(message);
  else if (message.kind === "source_access") client.replace(message.access);
  else polling.receive(message);
};

function start(message: Extract<ToPollWorker, { kind: "start" }>): Polling {
  client = new SourceClient(message.access);
  const [low, high, name] = crypto.getRandomValues(new Uint32Array(3));
  const epoch_ms = () => Date.now();
  const monotonic_ms = () => performance.now();
  const pacing = paceWork(monotonic_ms, sleep);
  return new Polling(message, {
    epoch_ms,
    monotonic_ms,
    random: Math.random,
    later,
    read: fetchReader(client.send, epoch_ms, pacing),
    dial: dialRedis,
    pacing,
    hash_key: { low, high },
    replica_id: name.toString(16).padStart(8, "0"),
    tracing,
    // The microseconds since 1970: a replacement worker continues above its predecessor.
    hand_overs_before: Math.floor(performance.timeOrigin * 1000),
    post: (next) => scope.postMessage(next),
  });
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
