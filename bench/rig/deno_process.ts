/** Child processes of a measurement: started with what they need, always stopped. */
import deno_json from "../../deno.json" with { type: "json" };
import { freePort } from "../../tools/processes/mod.ts";
import { spawnChild } from "./children.ts";
import { lastInLine } from "./last_in_line.ts";
import { StdoutMeter } from "./stdout_meter.ts";

/** How long a child may take to stop by itself before it is killed, in milliseconds. */
export const STOP_MS_MAX = 3_000;

const ROOT = new URL("../../", import.meta.url);

/** A child ended by itself: whose fault that is depends on which. */
export class ProcessEnded extends Error {
  override readonly name = "ProcessEnded";

  constructor(readonly process: string, exit_code: number) {
    super(`${process} ended with exit code ${exit_code} during the measurement`);
  }
}

/** A running child whose stdout is read. */
export interface DenoProcess extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  readonly host: string;
  readonly stdout: StdoutMeter;
  /** Rejects where the child ends before it is stopped. */
  readonly failed: Promise<never>;
}

/** How a process is started, unless as usual. */
export interface StartOptions {
  /** By default the project's folder. */
  cwd?: string | URL;
  /** Whether it gets out of the way of whatever else wants a core. */
  yields?: boolean;
}

/**
 * Starts Deno with these arguments. `PORT` is set to a free port. Disposing of the process stops it.
 */
export function startDeno(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
  { cwd = ROOT, yields = false }: StartOptions = {},
): DenoProcess {
  const port = freePort();
  const [program, ...words] = [...yields ? lastInLine() : [], Deno.execPath(), ...args];
  const child = spawnChild(
    new Deno.Command(program, {
      args: words,
      cwd,
      env: { ...env, PORT: String(port) },
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }),
  );
  const stdout = new StdoutMeter(child.stdout);
  let stopping = false, ended = false;
  const failed = child.status.then(({ code }) => {
    ended = true;
    if (stopping) return new Promise<never>(() => {});
    throw new ProcessEnded(name, code);
  });
  failed.catch(() => {}); // whoever waits for the process races it; else its end shows elsewhere
  return {
    name,
    pid: child.pid,
    port,
    host: `127.0.0.1:${port}`,
    stdout,
    failed,
    async [Symbol.asyncDispose]() {
      stopping = true;
      if (!ended) child.kill("SIGTERM");
      const timer = setTimeout(() => ended || child.kill("SIGKILL"), STOP_MS_MAX);
      await child.status;
      clearTimeout(timer);
      await stdout.finished;
    },
  };
}

/** How to start a service: what its task runs, in which checkout of the project. */
export interface ServiceProgram {
  cwd: string | URL;
  /** For `deno`. */
  args: readonly string[];
  /** Variables it may read. */
  variables: readonly string[];
}

/** What the project's own task starts. */
export function programOf(task: "data" | "metrics"): ServiceProgram {
  return { cwd: ROOT, args: taskArguments(task), variables: taskVariables(task) };
}

/** What the task of another checkout starts, by the `deno.json` that lies there. */
export function programIn(
  cwd: string,
  tasks: Record<string, string | { command: string }>,
  task: "data" | "metrics",
): ServiceProgram {
  const entry = tasks[task];
  if (entry === undefined) throw new Error(`Cannot start ${task} in ${cwd}: no such task there`);
  const command = typeof entry === "string" ? entry : entry.command;
  return { cwd, args: argumentsOf(command), variables: variablesOf(command) };
}

/**
 * Arguments for Deno from a task's command, so that a service is measured with the permissions
 * its task gives it.
 *
 * ```ts
 * taskArguments("metrics"); // ["run", "--no-prompt", …, "metrics_server/main.ts"]
 * ```
 */
export function taskArguments(task: "data" | "metrics" | "k6"): string[] {
  return argumentsOf(deno_json.tasks[task].command);
}

/**
 * Variables a task may read, from its `--allow-env`: set to nothing they are at their defaults.
 *
 * ```ts
 * taskVariables("metrics"); // ["UPSTREAM_URL", "POLL_MS", …]
 * ```
 */
export function taskVariables(task: "data" | "metrics"): string[] {
  return variablesOf(deno_json.tasks[task].command);
}

function argumentsOf(command: string): string[] {
  return command.trim().split(/\s+/).slice(1);
}

function variablesOf(command: string): string[] {
  const flag = "--allow-env=";
  const word = argumentsOf(command).find((word) => word.startsWith(flag)) ?? flag;
  return word.slice(flag.length).split(",").filter((variable) => variable !== "");
}
