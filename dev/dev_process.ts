/** `deno task dev`, `data` or `metrics` as a child process, for tests: its log events, its end. */
import deno_json from "../deno.json" with { type: "json" };
import { LineCutter } from "./line_cutter.ts";
import { denoArguments } from "./service_command.ts";

/** Longest wait for an event. */
const EVENT_MS_MAX = 10_000;

/** A log event. */
export type LogEvent = Record<string, unknown>;

/** A running launcher or service. */
export interface DevProcess {
  readonly pid: number;
  /** Events so far, oldest first. Every line of stdout is parsed: one that is not JSON throws. */
  readonly events: readonly LogEvent[];
  /** The first event, past or to come, for which `matches` holds. */
  event(matches: (event: LogEvent) => boolean): Promise<LogEvent>;
  /** The URL the service tells in its `startup`. */
  url(service: string): Promise<string>;
  /** Stops reading stdout, or reads on. */
  stall(is_stalled: boolean): void;
  /** Closes the reading end of stdout. */
  closeStdout(): Promise<void>;
  kill(signal: Deno.Signal): void;
  /** Exit code, and everything on stderr. */
  readonly ended: Promise<{ code: number; stderr: string }>;
  /** SIGTERM where it still runs. */
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Starts what the task starts, with these variables. Under `dev` both ports are free ones where they
 * are not set.
 */
export function startDev(
  env: Record<string, string> = {},
  task: "dev" | "data" | "metrics" = "dev",
): DevProcess {
  const child = new Deno.Command(Deno.execPath(), {
    args: denoArguments(deno_json.tasks[task].command),
    cwd: new URL("..", import.meta.url),
    env: { DATA_PORT: "0", METRICS_PORT: "0", BIND_HOST: "127.0.0.1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const events: LogEvent[] = [];
  const waiting = new Set<() => void>();
  const wake = () => waiting.forEach((check) => check());
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  let is_closing = false;
  const reader = child.stdout.getReader();

  const read = async () => {
    const cutter = new LineCutter();
    const decoder = new TextDecoder();
    while (!is_closing) {
      await gate.promise;
      const { done, value } = await reader.read();
      if (done) return;
      const lines = decoder.decode(cutter.push(value)).split("\n").slice(0, -1);
      events.push(...lines.map((line) => JSON.parse(line)));
      wake();
    }
  };
  let is_read = false;
  const all_read = read().finally(() => {
    is_read = true;
    wake();
  });
  let has_ended = false;
  const ended = Promise.all([child.status, new Response(child.stderr).text()])
    .then(([{ code }, stderr]) => ({ code, stderr }))
    .finally(() => has_ended = true);

  const event = async (matches: (event: LogEvent) => boolean): Promise<LogEvent> => {
    const deadline = Promise.withResolvers<never>();
    const timer = setTimeout(() => deadline.reject(new Error(late(events))), EVENT_MS_MAX);
    const found = Promise.withResolvers<LogEvent>();
    const check = () => {
      const hit = events.find(matches);
      if (hit !== undefined) found.resolve(hit);
      else if (is_read) found.reject(new Error(late(events)));
    };
    waiting.add(check);
    check();
    try {
      return await Promise.race([found.promise, deadline.promise]);
    } finally {
      clearTimeout(timer);
      waiting.delete(check);
    }
  };
  const kill = (signal: Deno.Signal) => {
    if (!has_ended) child.kill(signal);
  };
  return {
    pid: child.pid,
    events,
    event,
    url: async (service) =>
      String((await event((e) => e.event === "startup" && e.service === service)).url),
    stall(is_stalled) {
      if (is_stalled) gate = Promise.withResolvers<void>();
      else gate.resolve();
    },
    async closeStdout() {
      is_closing = true;
      await reader.cancel();
    },
    kill,
    ended,
    async [Symbol.asyncDispose]() {
      kill("SIGTERM");
      gate.resolve();
      await Promise.all([ended, all_read]);
    },
  };
}

function late(events: readonly LogEvent[]): string {
  return `no such event within ${EVENT_MS_MAX} ms, or before the end, among ${
    events.map(({ event }) => event).join(", ")
  }`;
}
