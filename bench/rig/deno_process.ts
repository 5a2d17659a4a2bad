/** Child processes of a measurement: started with what they need, always stopped. */
import deno_json from "../../deno.json" with { type: "json" };
import {
  freePort,
  OutputMeter,
  startProcess,
  type Task,
  taskCommand,
} from "../../tools/processes/mod.ts";

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
  readonly stdout: OutputMeter;
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
  const stdout = new OutputMeter();
  const finished = Promise.withResolvers<void>();
  const child = startProcess([Deno.execPath(), ...args], {
    name,
    cwd,
    env: { ...env, PORT: String(port) },
    stdout: (stream) => stdout.read(stream).finally(finished.resolve),
    stderr: "inherit",
    low_priority: yields,
    kill_with_parent: true,
  });
  let stopping = false;
  const failed = child.ended.then(({ code }) => {
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
      await child.stop();
      await finished.promise;
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
  return { cwd: ROOT, ...taskCommand(deno_json.tasks[task]) };
}

/** What the task of another checkout starts, by the `deno.json` that lies there. */
export function programIn(
  cwd: string,
  tasks: Record<string, Task>,
  task: "data" | "metrics",
): ServiceProgram {
  const entry = tasks[task];
  if (entry === undefined) throw new Error(`Cannot start ${task} in ${cwd}: no such task there`);
  return { cwd, ...taskCommand(entry) };
}
