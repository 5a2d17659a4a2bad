/** `deno task dev`, `data` or `metrics` as a child process, for tests and the smoke. */
import deno_json from "../deno.json" with { type: "json" };
import { EventLog } from "./event_log.ts";
import { denoArguments } from "./service_command.ts";
import { signalChild } from "./signal_child.ts";

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
  return startProgram(Deno.execPath(), denoArguments(deno_json.tasks[task].command), env, options);
}

/** Starts a program in the project's folder, with free ports and loopback where not set. */
export function startProgram(
  program: string,
  args: string[],
  env: Record<string, string>,
  options: ProgramOptions = {},
): DevProcess {
  const child = new Deno.Command(program, {
    args,
    cwd: new URL("..", import.meta.url),
    env: { DATA_PORT: "0", METRICS_PORT: "0", BIND_HOST: "127.0.0.1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    ...options,
  }).spawn();
  const log = new EventLog(child.stdout);
  const ended = Promise.all([child.status, new Response(child.stderr).text()])
    .then(([{ code }, stderr]) => ({ code, stderr }));
  const kill = (signal: Deno.Signal) => signalChild(child, signal);
  return {
    pid: child.pid,
    log,
    kill,
    ended,
    async [Symbol.asyncDispose]() {
      kill("SIGTERM");
      log.stall(false);
      await Promise.all([ended, log.ended]);
    },
  };
}
