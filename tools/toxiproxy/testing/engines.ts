/** The engines the contract is tested on. */
import { findRealToxiproxy, type RunningToxiproxy, startToxiproxy } from "../start.ts";

export const ENGINES = ["real", "embedded"] as const;
export type Engine = typeof ENGINES[number];

/** Only a program to start: a server that runs already may be in use. */
export const REAL = findRealToxiproxy({
  env: (name) => name === "TOXIPROXY_URL" ? undefined : Deno.env.get(name),
});

/** Tests of the real engine are ignored, by name, unless it is installed. */
export function isMissing(engine: Engine): boolean {
  return engine === "real" && REAL === null;
}

export function startEngine(engine: Engine, seed = 1): Promise<RunningToxiproxy> {
  return startToxiproxy({ engine, seed, real: REAL });
}

/** Registers a test on both engines: `<name> (real)`, `<name> (embedded)`. */
export function onBoth(name: string, test: (engine: Engine) => Promise<void>): void {
  for (const engine of ENGINES) {
    Deno.test({ name: `${name} (${engine})`, ignore: isMissing(engine), fn: () => test(engine) });
  }
}
