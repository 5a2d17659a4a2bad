/** `deno task dev`, `data` or `metrics` as a child process, for tests and the smoke. */
import deno_json from "../deno.json" with { type: "json" };
import { startProcess, taskCommand } from "../tools/processes/mod.ts";
import { EventLog } from "./event_log.ts";

/** A running launcher or service. */
export interface DevProcess {
  readonly pid: number;
  /** Its stdout. */
  readonly log: EventLog;
  kill(signal: Deno.Signal): void;
  /** Exit code, and everything on stderr. */
  readonly ended: Promise<{ code: number; stderr: string }>;
  /** SIGTERM where it still runs. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** `detached`: in a process group of its own, as a terminal does it. */
type ProgramOptions = Pick<Deno.CommandOptions, "detached">;

/**
 * Starts what the task starts, with these variables. Under `dev` both ports are free ones where they
 * are not set.
 */
export function startDev(
  env: Record<string, string> = {},
  task: "dev" | "data" | "metrics" = "dev",
  options: ProgramOptions = {},
): DevProcess {
  return startProgram(Deno.execPath(), taskCommand(deno_json.tasks[task]).args, env, options);
}

/** Starts a program in the project's folder, with free ports and loopback where not set. */
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
