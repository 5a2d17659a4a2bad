/**
 * How a service is started: the words of its task in deno.json, so that `deno task dev` runs
 * exactly what `deno task data` and `deno task metrics` run, with the same permissions.
 */
import deno_json from "../deno.json" with { type: "json" };

/** A service that `deno task dev` starts. */
export type ServiceName = "data_server" | "metrics_server";

const TASK_OF = { data_server: "data", metrics_server: "metrics" } as const;

/**
 * Arguments for the Deno program that runs the service, from its task's command.
 *
 * ```ts
 * serviceArguments("data_server"); // ["run", "--allow-net", …, "data_server/main.ts"]
 * ```
 */
export function serviceArguments(service: ServiceName): string[] {
  return denoArguments(deno_json.tasks[TASK_OF[service]].command);
}

/** Splits a task's command `deno …` into its words, without the first. Throws where it needs a shell. */
export function denoArguments(command: string): string[] {
  const [program, ...rest] = command.trim().split(/\s+/);
  if (program !== "deno" || /["'$`\\|&;<>*?]/.test(command)) {
    throw new Error(`task command must be "deno" and plain words, got: ${command}`);
  }
  return rest;
}
