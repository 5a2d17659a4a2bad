/**
 * Runs several processes together, with one log and one stop.
 *
 *     data_server    ── lines ─┐
 *                              ├─ lineSink ─ stdout
 *     metrics_server ── lines ─┘
 */
import { EXIT_CODE_CONFIG } from "../platform/mod.ts";

/** Exit code if a process ended by itself without an error. */
export const EXIT_CODE_UNEXPECTED_END = 1;

/** A process that has been started. */
export interface Supervised {
  readonly name: string;
  readonly pid: number;
  readonly stderr_tail: string;
  /** Resolves when the process has ended and its last lines were passed on. */
  readonly ended: Promise<{ readonly code: number }>;
  /** Bounded in time. */
  stop(): Promise<unknown>;
}

/** A process to run. */
export interface Part<P extends Supervised = Supervised> {
  /** Variable that sets its PORT, if it has one. */
  readonly port_variable?: string;
  /** Stopped after all others, because they need it to stop. */
  readonly stops_last?: boolean;
  start(): P;
  /** Resolves when the next part may start, or the process has ended. */
  ready?(process: P): Promise<unknown>;
}

interface Rules {
  readonly stop: Promise<unknown>;
  say(line: string): void;
  /** Time after which a process that ended once it was ready is started again; default never. */
  readonly restart_ms?: number;
  /** Whether the others run on if a process that is not started again ends. */
  readonly others_run_on?: boolean;
  /** Called once all parts are ready. */
  onReady?(): void;
}

/**
 * Starts the parts one after the other; stops all when `stop` resolves, or when a process ends
 * which is neither started again nor outlived by others. A process that could not start stops all.
 * Returns the exit code: 0 after a stop, else the ended process's, {@link EXIT_CODE_UNEXPECTED_END}
 * instead of 0.
 */
export async function supervise(parts: readonly Part[], rules: Rules): Promise<number> {
  const running = new Map<Part, Supervised>();
  const restarts: ReturnType<typeof setTimeout>[] = [];
  const exit = Promise.withResolvers<number>();
  let is_over = false;
  const finish = (code: number) => {
    is_over = true;
    exit.resolve(code);
  };
  rules.stop.then(() => finish(0));

  const run = async (part: Part) => {
    const process = part.start();
    running.set(part, process);
    let is_ready = false;
    process.ended.then(({ code }) => {
      if (is_over) return;
      if (is_ready && rules.restart_ms !== undefined) return startAgain(part, code);
      running.delete(part);
      if (is_ready && rules.others_run_on && code !== EXIT_CODE_CONFIG && running.size > 0) {
        const others = [...running.values()].map(({ name }) => name).join(", ");
        return rules.say(`${endMessage(part, process, code)}: ${others} runs on; Ctrl-C ends all`);
      }
      rules.say(`${endMessage(part, process, code)}: stopping the others`);
      finish(code === 0 ? EXIT_CODE_UNEXPECTED_END : code);
    });
    await part.ready?.(process);
    is_ready = true;
  };
  const startAgain = (part: Part, code: number) => {
    const { name, pid } = running.get(part)!;
    const wait = `starting it again in ${rules.restart_ms! / 1_000} s`;
    rules.say(`${name} (pid ${pid}) ended with exit code ${code}: ${wait}`);
    restarts.push(setTimeout(() => {
      if (!is_over) run(part).catch(exit.reject);
    }, rules.restart_ms));
  };

  try {
    for (const part of parts) {
      await Promise.race([run(part), exit.promise]);
      if (is_over) break;
    }
    if (!is_over) rules.onReady?.();
    return await exit.promise;
  } finally {
    is_over = true;
    restarts.forEach(clearTimeout);
    for (const is_last of [false, true]) {
      const stopped = [...running].filter(([part]) => (part.stops_last ?? false) === is_last);
      await Promise.all(stopped.map(([, process]) => process.stop()));
    }
  }
}

function endMessage({ port_variable }: Part, { name, stderr_tail }: Supervised, code: number) {
  if (code !== EXIT_CODE_CONFIG) return `${name} ended with exit code ${code}`;
  // The service names its own variable, PORT, but the user set another one.
  const is_port = port_variable !== undefined && /(^|; )PORT=/m.test(stderr_tail);
  const hint = is_port ? ` (its PORT is ${port_variable} here)` : "";
  return `${name} did not start, see above${hint}`;
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
