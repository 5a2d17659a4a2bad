/** One service as a child process: its whole log lines, its `startup`, its end. */
import { LineCutter } from "./line_cutter.ts";
import { serviceArguments, type ServiceName } from "./service_command.ts";
import { signalChild } from "./signal_child.ts";
import { type Startup, startupIn } from "./startup_event.ts";

/** How long a service may take to stop by itself after SIGTERM before it is killed. */
export const STOP_MS_MAX = 2_400;

/** How long the last lines of an ended service may take to be handed on: a reader may stall. */
export const DRAIN_MS_MAX = 300;

/** How much of a service's stderr is kept: a refusal to start is one line at its beginning. */
export const COMPLAINT_BYTES_MAX = 4_096;

/** Options of {@link startService}. */
export interface ServiceOptions {
  /** Variables set beside the inherited ones. */
  env: Record<string, string>;
  /** Takes the child's stdout in pieces of whole lines; the next piece waits for its promise. */
  onLines: (whole_lines: Uint8Array) => Promise<void> | void;
  /** Default `pass`: on to this process's stderr. */
  stderr?: "pass" | "null";
}

/** A running service. */
export interface ServiceProcess {
  readonly name: ServiceName;
  readonly pid: number;
  /** The `startup` event; null where the service ended without one. */
  readonly startup: Promise<Startup | null>;
  /** The first {@link COMPLAINT_BYTES_MAX} of what it has written to stderr so far. */
  complaint(): string;
  /** The exit code, once the process has ended and its last lines were handed on. */
  readonly ended: Promise<number>;
  /** SIGTERM, then SIGKILL after {@link STOP_MS_MAX}. Gives the exit code. */
  stop(): Promise<number>;
  /** The given signal, at once; nothing where the process has ended. */
  kill(signal: Deno.Signal): void;
}

const ROOT = new URL("..", import.meta.url);

/**
 * Starts a service with its task's permissions.
 *
 * ```ts
 * const data = startService("data_server", { env: { PORT: "0" }, onLines: () => {} });
 * const { url } = (await data.startup)!;
 * await data.stop();
 * ```
 */
export function startService(name: ServiceName, options: ServiceOptions): ServiceProcess {
  return startDeno(name, serviceArguments(name), options);
}

/** Like {@link startService}, with the arguments for Deno handed in. */
export function startDeno(
  name: ServiceName,
  args: string[],
  options: ServiceOptions,
): ServiceProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args,
    cwd: ROOT,
    // What its spans are told apart by, where OTEL_DENO=true has them exported.
    env: { OTEL_SERVICE_NAME: name, ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: options.stderr === "null" ? "null" : "piped",
    // Its own process group: Ctrl-C in a terminal reaches the launcher alone, which then stops
    // each service once. Without it the service gets the signal twice and gives up draining.
    detached: true,
  }).spawn();
  const startup = Promise.withResolvers<Startup | null>();
  const complaint = new Uint8Array(COMPLAINT_BYTES_MAX);
  let complaint_bytes = 0;
  const passOn = async (stderr: ReadableStream<Uint8Array>) => {
    for await (const chunk of stderr) {
      const kept = chunk.subarray(0, COMPLAINT_BYTES_MAX - complaint_bytes);
      complaint.set(kept, complaint_bytes);
      complaint_bytes += kept.length;
      for (let at = 0; at < chunk.length;) at += await Deno.stderr.write(chunk.subarray(at));
    }
  };
  const drained = Promise.all([
    forward(child.stdout, options.onLines, startup.resolve),
    options.stderr === "null" ? null : passOn(child.stderr),
  ]);
  const ended = (async () => {
    const { code } = await child.status;
    await atMost(DRAIN_MS_MAX, drained);
    startup.resolve(null);
    return code;
  })();

  const kill = (signal: Deno.Signal) => signalChild(child, signal);
  const stop = async () => {
    kill("SIGTERM");
    await atMost(STOP_MS_MAX, ended);
    kill("SIGKILL");
    return await ended;
  };
  return {
    name,
    pid: child.pid,
    startup: startup.promise,
    complaint: () => new TextDecoder().decode(complaint.subarray(0, complaint_bytes)),
    ended,
    stop,
    kill,
  };
}

/** Waits for the work, but not longer than this. */
async function atMost(wait_ms: number, work: Promise<unknown>): Promise<void> {
  const { promise: timeout, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, wait_ms);
  await Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}

async function forward(
  stdout: ReadableStream<Uint8Array>,
  onLines: ServiceOptions["onLines"],
  onStartup: (startup: Startup) => void,
): Promise<void> {
  const cutter = new LineCutter();
  const decoder = new TextDecoder();
  let is_started = false;
  for await (const chunk of stdout) {
    const whole_lines = cutter.push(chunk);
    if (whole_lines.length === 0) continue;
    if (!is_started) {
      const found = startupIn(decoder.decode(whole_lines));
      if (found !== null) {
        is_started = true;
        onStartup(found);
      }
    }
    await onLines(whole_lines);
  }
  // A line the service did not finish (it was killed) is left out: half an event is no event.
}
