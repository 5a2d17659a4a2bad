/** What runs a k6 script here. */
import { taskArguments } from "../../bench/rig/mod.ts";

const RUNNER = `${import.meta.dirname}/main.ts`;

/** A program that takes k6's command line. */
export interface LoadEngine {
  /** First line of `k6 version`; null where the runner takes its place. */
  readonly k6: string | null;
  /** Program and first arguments; `run` and what follows come behind. */
  readonly command: readonly [string, ...string[]];
}

/** k6 where it is on PATH and runs, else the runner with what its task gives it. */
export async function findLoadEngine(): Promise<LoadEngine> {
  const k6 = await k6Version();
  if (k6 !== null) return { k6, command: ["k6"] };
  return { k6, command: [Deno.execPath(), ...taskArguments("k6").slice(0, -1), RUNNER] };
}

async function k6Version(): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command("k6", { args: ["version"] }).output();
    return success ? new TextDecoder().decode(stdout).trim().split("\n")[0] : null;
  } catch {
    return null;
  }
}
