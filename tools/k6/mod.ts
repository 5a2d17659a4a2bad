/** Runs k6 scripts. Users start it as a process ({@link findLoadEngine}, {@link RUNNER_ARGS}). */
import { runProcess } from "../processes/mod.ts";
export { parseInvocation } from "./command_line.ts";
export { EXIT_CODES } from "./exit_codes.ts";

/** Arguments of `deno` that start the runner; `run` and k6's flags follow. */
export const RUNNER_ARGS: readonly string[] = [
  "run",
  // The parser's packages, with their integrity.
  `--lock=${import.meta.dirname}/deno.lock`,
  "--frozen",
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-env",
  // Compiles sooner, collects garbage less often: the runner shares the machine with the server.
  "--v8-flags=--always-sparkplug,--min-semi-space-size=16",
  `${import.meta.dirname}/main.ts`,
];

/** A program that takes k6's command line. */
export interface LoadEngine {
  /** First line of `k6 version`; null for this runner. */
  readonly k6: string | null;
  /** The program and its first arguments; `run` and k6's flags follow. */
  readonly command: readonly [string, ...string[]];
}

/** k6 if it is on PATH and runs, else this runner. */
export async function findLoadEngine(): Promise<LoadEngine> {
  const k6 = await k6Version();
  return { k6, command: k6 === null ? [Deno.execPath(), ...RUNNER_ARGS] : ["k6"] };
}

async function k6Version(): Promise<string | null> {
  try {
    const { code, stdout } = await runProcess(["k6", "version"]);
    return code === 0 ? stdout.trim().split("\n")[0] : null;
  } catch {
    return null;
  }
}
