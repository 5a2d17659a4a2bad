/**
 * Runs two services together: both or none, one log, one stop.
 *
 *     data_server    ── lines ─┐
 *                              ├─ lineSink ─ stdout
 *     metrics_server ── lines ─┘
 */
import { EXIT_CODE_CONFIG } from "../platform/mod.ts";
import type { ServiceProcess } from "./service_process.ts";

/** Exit code if a service ended by itself without an error. */
export const EXIT_CODE_UNEXPECTED_END = 1;

/** What {@link supervise} works with. */
interface Supervised {
  startData(): ServiceProcess;
  startMetrics(data_url: string): ServiceProcess;
  /** Base URL of data_server; null if it ended instead. */
  dataUrl(data: ServiceProcess): Promise<string | null>;
  stop: Promise<unknown>;
  say(line: string): void;
}

/**
 * Starts both; stops both when one ends or `stop` resolves. Returns the exit code: 0 after a stop,
 * else the exit code of the first service to end, {@link EXIT_CODE_UNEXPECTED_END} instead of 0.
 */
export async function supervise(parts: Supervised): Promise<number> {
  const running: ServiceProcess[] = [];
  const stop = parts.stop.then(() => null);
  try {
    const data = parts.startData();
    running.push(data);
    const data_url = await Promise.race([parts.dataUrl(data), stop]);
    if (data_url !== null) running.push(parts.startMetrics(data_url));
    const ends = running.map((service) => service.ended.then(({ code }) => ({ service, code })));
    const first = await Promise.race([stop, ...ends]);
    if (first === null) return 0;
    parts.say(endMessage(first.service, first.code));
    return first.code === 0 ? EXIT_CODE_UNEXPECTED_END : first.code;
  } finally {
    await Promise.all(running.map((service) => service.stop()));
  }
}

const PORT_VARIABLE = { data_server: "DATA_PORT", metrics_server: "METRICS_PORT" } as const;

function endMessage({ name, stderr_tail }: ServiceProcess, code: number): string {
  if (code !== EXIT_CODE_CONFIG) {
    return `${name} ended with exit code ${code}: stopping the other service`;
  }
  // The service names its own variable, PORT, but the user set another one.
  const hint = /(^|; )PORT=/m.test(stderr_tail) ? ` (its PORT is ${PORT_VARIABLE[name]} here)` : "";
  return `${name} did not start, see above${hint}: stopping the other service`;
}

/** Writes all bytes or throws. */
type WriteAll = (bytes: Uint8Array) => Promise<void>;

/**
 * Merges streams: each piece is written whole, and its source waits. After a failed write (the
 * reader is gone) pieces are dropped, so that the services run on.
 */
export function lineSink(write: WriteAll): WriteAll {
  let last: Promise<void> = Promise.resolve();
  let is_closed = false;
  return (bytes) => {
    last = last.then(async () => {
      if (is_closed) return;
      try {
        await write(bytes);
      } catch {
        is_closed = true;
      }
    });
    return last;
  };
}

export async function writeStdout(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGTERM", "SIGINT", "SIGHUP"];

/**
 * Resolves with the first stop signal, SIGHUP of a closed terminal included. Later ones are
 * ignored: under `deno task` one Ctrl-C arrives up to three times, and the stop is bounded in time.
 */
export function stopRequest(): Promise<Deno.Signal> {
  const { promise, resolve } = Promise.withResolvers<Deno.Signal>();
  for (const signal of SIGNALS) Deno.addSignalListener(signal, () => resolve(signal));
  return promise;
}

/** Time between two looks. Short, because a new start waits for the ports. */
const LOOK_EVERY_MS = 500;

/** Resolves when the parent process has ended. Watching does not keep this process alive. */
export function parentGone(ppid: () => number, every_ms = LOOK_EVERY_MS): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const started_by = ppid();
  const timer = setInterval(() => {
    if (ppid() === started_by) return;
    clearInterval(timer);
    resolve();
  }, every_ms);
  Deno.unrefTimer(timer);
  return promise;
}
