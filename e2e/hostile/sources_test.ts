/** A hostile source neither fills the memory nor delays another source or a client. */
import { assert, assertLess } from "@std/assert";
import {
  type Behavior,
  fabricSample,
  FakeSource,
  getMetric,
  HAS_PROC,
  serve,
  type Service,
  startMetricsServer,
} from "../harness/mod.ts";
import { runProcess } from "../../tools/processes/mod.ts";
import { pause } from "../../tools/verdict/mod.ts";
import type { Attack } from "./testing/hostile_source.ts";

/** The container has 768 MiB. */
const PEAK_MB_MAX = 600;

const POLL_MS = 100;

/** Polls of the hostile source under each attack. */
const ATTACK_POLLS = 6;

/** Longest attack, if polls are slow. */
const ATTACK_MS_MAX = 8_000;

/**
 * Oldest data of the other source, besides twice the longest work on an accepted body: its polls
 * wait for that.
 */
const OTHER_AGE_MS_MAX = 5_000;

/** Attacks, and the cause of the refusal; null: the bodies are within the limits. */
const ATTACKS: readonly (readonly [Attack, cause: string | null])[] = [
  ["endless_chunks", "too_large"],
  ["gzip_bomb", "too_large"],
  ["short_rows", "too_large"],
  ["empty_cells", "too_large"],
  ["accepted_ids", null],
  ["accepted_halves", null],
  ["accepted_sizes", null],
];

/** Data that changes with every poll. */
function freshData(): Behavior {
  let polls = 0;
  return { act: (...args) => serve({ body: fabricSample(100, polls++) }).act(...args) };
}

async function startHostileSource() {
  const worker = new Worker(new URL("./testing/hostile_source.ts", import.meta.url), {
    type: "module",
  });
  const port = await new Promise<number>((resolve) => {
    worker.onmessage = ({ data }) => resolve(data);
  });
  return {
    url: `http://127.0.0.1:${port}/counters`,
    begin: (attack: Attack) => worker.postMessage(attack),
    [Symbol.dispose]: () => worker.terminate(),
  };
}

async function peakMb(pid: number): Promise<number> {
  const { stdout } = await runProcess(["cat", `/proc/${pid}/status`]);
  return Number(/^VmHWM:\s+(\d+) kB/m.exec(stdout)![1]) * 1024 / 1e6;
}

/** Oldest data that a client got of the other source until `isOver`. */
async function oldestUntil(server: Service, isOver: () => boolean): Promise<number> {
  let oldest_ms = 0;
  const end_ms = performance.now() + ATTACK_MS_MAX;
  while (!isOver() && performance.now() < end_ms) {
    const { headers } = await getMetric(server, "sw-001", "latency_us");
    oldest_ms = Math.max(oldest_ms, Number(headers.get("x-data-age-ms")));
    await pause(20);
  }
  return oldest_ms;
}

/** Reads lists, each by a client that pauses in the middle, until `isOver`. */
async function readSlowly(server: Service, isOver: () => boolean): Promise<void> {
  const readers: Promise<void>[] = [];
  while (!isOver()) {
    readers.push(readOne(server));
    await pause(300);
  }
  await Promise.all(readers);
}

async function readOne({ url }: Service): Promise<void> {
  try {
    const headers = { "accept-encoding": "identity" };
    const { body } = await fetch(`${url}/telemetry/ListMetrics`, { headers });
    const reader = body!.getReader();
    await reader.read();
    await pause(1_000);
    await reader.cancel();
  } catch {
    // Cut off, because it was too far behind.
  }
}

Deno.test({
  name: `a hostile source takes at most ${PEAK_MB_MAX} MB, also while lists are read slowly`,
  ignore: !HAS_PROC,
  async fn(t) {
    await using other = new FakeSource(freshData());
    using hostile = await startHostileSource();
    const env = { POLL_MS, POLL_TIMEOUT_MS: 20_000 };
    await using server = await startMetricsServer(`${other.url},${hostile.url}`, env);
    await server.log.wait("poll.run");
    for (const [attack, cause] of ATTACKS) {
      await t.step(attack, async () => {
        const from = server.log.events.length;
        const polls = () =>
          server.log.events.slice(from).filter(({ event, source }) =>
            (event === "poll.run" || event === "poll.error") && source === hostile.url
          );
        let is_over = false;
        hostile.begin(attack);
        const reading = readSlowly(server, () => is_over);
        const oldest_ms = await oldestUntil(server, () => polls().length > ATTACK_POLLS);
        is_over = true;
        await reading;
        const causes = polls().slice(1).map(({ event, cause }) => cause ?? event);
        assert(causes.includes(cause ?? "poll.run"), `${causes}`);
        const work_ms = Math.max(
          ...polls().map(({ parse_ms, apply_ms }) => Number(parse_ms ?? 0) + Number(apply_ms ?? 0)),
        );
        assertLess(oldest_ms, OTHER_AGE_MS_MAX + 2 * work_ms, "age of the other source's data");
        assertLess(await peakMb(server.pid), PEAK_MB_MAX, "peak memory in MB");
      });
    }
  },
});
