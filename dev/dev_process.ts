/** `deno task dev`, `data` or `metrics` as a child process, for tests and the smoke test. */
import deno_json from "../deno.json" with { type: "json" };
import { EventLog, startProcess, taskCommand } from "../tools/processes/mod.ts";

export interface DevProcess {
  readonly pid: number;
  readonly log: EventLog;
  url(service: string): Promise<string>;
  kill(signal: Deno.Signal): void;
  /** Exit code, and everything on stderr. */
  readonly ended: Promise<{ code: number; stderr: string }>;
  /** Sends SIGTERM if it still runs. Throws if a whole line of stdout is not JSON. */
  [Symbol.asyncDispose](): Promise<void>;
}

type ProgramOptions = Pick<Deno.CommandOptions, "detached">;

/** Starts the program of a task with these variables, for `dev` by default on free ports. */
export function startDev(
  env: Record<string, string> = {},
  task: "dev" | "dev:cluster" | "data" | "metrics" = "dev",
  options: ProgramOptions = {},
  flags: readonly string[] = [],
): DevProcess {
  const { args } = taskCommand(deno_json.tasks[task]);
  return startProgram(Deno.execPath(), [...args, ...flags], env, options);
}

const FREE_PORTS = { DATA_PORT: "0", METRICS_PORT: "0", STATS_PORT: "0", REDIS_PORT: "0" };

/** Starts a program in the project's folder, by default on free loopback ports. */
export function startProgram(
  program: string,
  args: readonly string[],
  env: Record<string, string>,
  options: ProgramOptions = {},
): DevProcess {
  const child = startProcess([program, ...args], {
    cwd: new URL("..", import.meta.url),
    env: { ...FREE_PORTS, BIND_HOST: "127.0.0.1", ...env },
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
    async url(service) {
      return (await log.wait("startup", (event) => event.service === service)).url;
    },
    kill: (signal) => child.kill(signal),
    ended,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      log.resume();
      await Promise.all([ended, log.ended]);
      // The program drops the rest of its log if its stdout is not read.
      const foreign = log.foreign.find((line) => line !== log.unfinished);
      if (foreign !== undefined) throw new Error(`not an event: ${foreign}`);
    },
  };
}
