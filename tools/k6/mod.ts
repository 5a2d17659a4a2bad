/** Runs k6 scripts. Users start it as a process ({@link findLoadEngine}, {@link runnerArgs}). */
import { runProcess } from "../processes/mod.ts";
import { type Access, runnerArgs } from "./access.ts";
export { type Access, accessOf, runnerArgs } from "./access.ts";
export { parseInvocation } from "./command_line.ts";
export { ConfigProblem, EXIT_CODES } from "./exit_codes.ts";

/** A program that takes k6's command line. */
export interface LoadEngine {
  /** First line of `k6 version`; null for this runner. */
  readonly k6: string | null;
  /**
   * The program and its first arguments; `run` and k6's flags follow. k6 reaches what its user may
   * reach; this runner has this access.
   */
  command(access: Access): [string, ...string[]];
}

/** k6 if it is on PATH and runs, else this runner. */
export async function findLoadEngine(): Promise<LoadEngine> {
  const k6 = await k6Version();
  const command = (access: Access): [string, ...string[]] =>
    k6 === null ? [Deno.execPath(), ...runnerArgs(access)] : ["k6"];
  return { k6, command };
}

async function k6Version(): Promise<string | null> {
  try {
    const { code, stdout } = await runProcess(["k6", "version"]);
    return code === 0 ? stdout.trim().split("\n")[0] : null;
  } catch {
    return null;
  }
}
