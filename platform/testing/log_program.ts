/**
 * A program that logs. Arguments: a scenario and its parameter. At its end it reports on stderr how
 * many lines it wrote and dropped.
 */
import { pause, until } from "../../tools/verdict/mod.ts";
import { type Clock, ConfigError, createLog, exitWithUsage, type LogLevel } from "../mod.ts";

const [show, argument] = Deno.args;

/** Small, to be full soon. */
const RING_BYTES = 128 * 1024;

/** Pause between lines, so that the log worker falls asleep. */
const PAUSE_MS = 150;

const clock: Clock = {
  epoch_ms: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678),
  monotonic_ms: () => performance.now(),
};

const log = openLog();
let written = 0;

switch (show) {
  case "levels":
    log.debug("one");
    log.info("two", { a: 1 });
    log.warn("three");
    log.error("four");
    log.access(clock.epoch_ms(), 0, 200, 0.1, 2, 3);
    if (log.access_on) log.info("last");
    break;
  case "threads":
    await writeFromTwoThreads(Number(argument));
    break;
  case "stall":
    await stall();
    await writeUntilKept();
    // Faster than any reader: lines are dropped again, too soon for a second report but at the end.
    for (let i = 0; i < 20_000; i++) writeLine();
    break;
  case "stall-and-close":
    await stall();
    break;
  case "idle":
    for (let i = 0; i < 4; i++) {
      log.info("line", { at_ms: Date.now() });
      await pause(PAUSE_MS);
    }
    break;
  case "gone":
    await parentIsReady();
    for (let i = 0; i < 500; i++) writeLine();
    await until("all lines dropped", () => log.lines_dropped === written);
    break;
  default:
    throw new TypeError(`Cannot show "${show}"`);
}

await end();

function openLog() {
  try {
    const level = show === "levels" ? argument as LogLevel : "INFO";
    const ring_bytes = show === "threads" ? undefined : RING_BYTES;
    return createLog({ service: "test", level, endpoints: ["main", "other"], clock, ring_bytes });
  } catch (error) {
    if (error instanceof ConfigError) exitWithUsage(error);
    throw error;
  }
}

async function end(): Promise<never> {
  const start_ms = performance.now();
  await log.close(show === "stall-and-close" ? 200 : 5_000);
  const close_ms = performance.now() - start_ms;
  const report = JSON.stringify({ written, dropped: log.lines_dropped, close_ms });
  Deno.stderr.writeSync(new TextEncoder().encode(report));
  Deno.exit(0);
}

function writeLine(): void {
  log.access(clock.epoch_ms(), 0, 200, 0.1, 2, written++);
}

/** Writes until lines are dropped, because stdout is not read, and reports it. */
async function stall(): Promise<void> {
  await until("dropped lines", () => {
    for (let i = 0; i < 500; i++) writeLine();
    return log.lines_dropped > 1_000;
  });
  Deno.stderr.writeSync(new TextEncoder().encode("stalled\n"));
  await parentIsReady();
}

/** Repeats a rare line until there is room for it, which is when the reader has come back. */
async function writeUntilKept(): Promise<void> {
  await until("a kept line", () => {
    const dropped = log.lines_dropped;
    log.info("after");
    written++;
    return log.lines_dropped === dropped;
  });
}

async function parentIsReady(): Promise<void> {
  await Deno.stdin.read(new Uint8Array(1));
}

async function writeFromTwoThreads(count: number): Promise<void> {
  const worker = new Worker(new URL("./log_thread.ts", import.meta.url), { type: "module" });
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  worker.onmessage = () => resolve();
  worker.postMessage({ port: log.share(), count });
  for (let i = 0; i < count; i++) log.access(clock.epoch_ms(), 0, 200, 0.1, 2, i);
  await ended;
  worker.terminate();
}
