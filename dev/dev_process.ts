/** `deno task dev`, `data` or `metrics` as a child process, for tests and the smoke test. */
import deno_json from "../deno.json" with { type: "json" };
import { LineCutter, startProcess, taskCommand } from "../tools/processes/mod.ts";

/** A running launcher or service. */
export interface DevProcess {
  readonly pid: number;
  /** Its stdout. */
  readonly log: EventLog;
  kill(signal: Deno.Signal): void;
  /** Exit code, and everything on stderr. */
  readonly ended: Promise<{ code: number; stderr: string }>;
  /** Sends SIGTERM if it still runs. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** `detached`: in a process group of its own, as a terminal starts it. */
type ProgramOptions = Pick<Deno.CommandOptions, "detached">;

/**
 * Starts the program of a task with these variables. For `dev` both ports are free ones by default.
 */
export function startDev(
  env: Record<string, string> = {},
  task: "dev" | "data" | "metrics" = "dev",
  options: ProgramOptions = {},
): DevProcess {
  return startProgram(Deno.execPath(), taskCommand(deno_json.tasks[task]).args, env, options);
}

/** Starts a program in the project's folder, by default on free loopback ports. */
export function startProgram(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  options: ProgramOptions = {},
): DevProcess {
  const child = startProcess([program, ...args], {
    cwd: new URL("..", import.meta.url),
    env: { DATA_PORT: "0", METRICS_PORT: "0", BIND_HOST: "127.0.0.1", ...env },
    stdout: "piped",
    stderr: "piped",
    ...options,
  });
  const log = new EventLog(child.stdout);
  const ended = Promise.all([child.ended, new Response(child.stderr).text()])
    .then(([{ code }, stderr]) => ({ code, stderr }));
  return {
    pid: child.pid,
    log,
    kill: (signal) => child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      log.stall(false);
      await Promise.all([ended, log.ended]);
    },
  };
}

/** Longest wait for an event. */
const EVENT_MS_MAX = 10_000;

/** A log event. */
type LogEvent = Record<string, unknown>;

/** The log events on a process's stdout, as they arrive. */
class EventLog {
  /** Events so far, oldest first. */
  readonly events: LogEvent[] = [];
  /** Resolves at the stream's end; rejects if a line is not JSON. */
  readonly ended: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #waiting = new Set<() => void>();
  #gate = Promise.withResolvers<void>();
  #is_closing = false;
  #has_ended = false;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#gate.resolve();
    this.#reader = stream.getReader();
    this.ended = this.#read().finally(() => {
      this.#has_ended = true;
      this.#wake();
    });
  }

  /** The first matching event, past or future. Rejects if none comes in time. */
  async event(matches: (event: LogEvent) => boolean): Promise<LogEvent> {
    const found = Promise.withResolvers<LogEvent>();
    const fail = () => found.reject(new Error(this.#missing()));
    const timer = setTimeout(fail, EVENT_MS_MAX);
    const check = () => {
      const hit = this.events.find(matches);
      if (hit !== undefined) found.resolve(hit);
      else if (this.#has_ended) fail();
    };
    this.#waiting.add(check);
    check();
    try {
      return await found.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(check);
    }
  }

  /** The URL in the service's `startup` event. */
  async url(service: string): Promise<string> {
    const is_startup = (e: LogEvent) => e.event === "startup" && e.service === service;
    return String((await this.event(is_startup)).url);
  }

  /** Stops reading, or reads on. */
  stall(is_stalled: boolean): void {
    if (is_stalled) this.#gate = Promise.withResolvers<void>();
    else this.#gate.resolve();
  }

  /** Closes the reading end. */
  async close(): Promise<void> {
    this.#is_closing = true;
    await this.#reader.cancel();
  }

  async #read(): Promise<void> {
    const cutter = new LineCutter();
    const decoder = new TextDecoder();
    while (!this.#is_closing) {
      await this.#gate.promise;
      const { done, value } = await this.#reader.read();
      if (done) return;
      const lines = decoder.decode(cutter.push(value)).split("\n").slice(0, -1);
      this.events.push(...lines.map((line) => JSON.parse(line)));
      this.#wake();
    }
  }

  #wake(): void {
    this.#waiting.forEach((check) => check());
  }

  #missing(): string {
    const names = this.events.map(({ event }) => event).join(", ");
    return `no such event within ${EVENT_MS_MAX} ms, or before the end, among: ${names}`;
  }
}
