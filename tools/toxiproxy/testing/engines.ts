/** The engines the contract is tested on. */
import { findRealToxiproxy, type RealToxiproxy } from "../find_real.ts";
import { type RunningToxiproxy, startToxiproxy } from "../start_toxiproxy.ts";

export const ENGINES = ["real", "embedded"] as const;
export type Engine = typeof ENGINES[number];

/** Only a program of the tests' own: one that runs already may be in use. */
function program(): RealToxiproxy | null {
  const env = (name: string) => name === "TOXIPROXY_URL" ? undefined : Deno.env.get(name);
  const isFile = (path: string) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  };
  const project_folder = `${import.meta.dirname}/../../../`;
  return findRealToxiproxy({ env, isFile, project_folder });
}

export const REAL = program();

/** Tests of the real engine are ignored, by name, where it is not installed. */
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
