/** Child processes of a measurement: started with what they need, always stopped. */
import deno_json from "../../deno.json" with { type: "json" };
import { spawnChild } from "./children.ts";
import { StdoutMeter } from "./stdout_meter.ts";

/** How long a child may take to stop by itself before it is killed, in milliseconds. */
export const STOP_MS_MAX = 3_000;

const ROOT = new URL("../../", import.meta.url);

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

/**
 * Starts Deno with these arguments in the project's folder. `PORT` is set to a free port.
 * Disposing of the process stops it.
 */
export function startDeno(
  name: string,
  args: readonly string[],
  env: Record<string, string>,
): DenoProcess {
  const port = freePort();
  const child = spawnChild(
    new Deno.Command(Deno.execPath(), {
      args: [...args],
      cwd: ROOT,
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
    throw new Error(`${name} ended with exit code ${code} during the measurement`);
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

/**
 * Arguments for Deno from a task's command, so that a service is measured with the permissions
 * its task gives it.
 *
 * ```ts
 * taskArguments("metrics"); // ["run", "--no-prompt", …, "metrics_server/main.ts"]
 * ```
 */
export function taskArguments(task: "data" | "metrics"): string[] {
  return deno_json.tasks[task].command.trim().split(/\s+/).slice(1);
}

/**
 * Variables a task may read, from its `--allow-env`: set to nothing they are at their defaults.
 *
 * ```ts
 * taskVariables("metrics"); // ["UPSTREAM_URL", "POLL_MS", …]
 * ```
 */
export function taskVariables(task: "data" | "metrics"): string[] {
  const flag = "--allow-env=";
  const word = taskArguments(task).find((word) => word.startsWith(flag)) ?? flag;
  return word.slice(flag.length).split(",").filter((variable) => variable !== "");
}

/** A port nobody listened on a moment ago. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
