import type { K6Options } from "./option_table.ts";

/** What says how the load runs. Given anew, it replaces all of it that was given before. */
const EXECUTION = ["duration", "iterations", "stages", "scenarios"] as const;

/**
 * Puts options on top of each other, later ones over earlier ones: k6's order is defaults,
 * configuration file, script, K6_* variables, flags.
 *
 * A layer that gives one of duration, iterations, stages and scenarios takes back what earlier
 * layers said of any of them, so that `--duration 10s` runs a script that has stages for 10 s. Test
 * tags are joined by name.
 *
 * ```ts
 * mergeOptions({ stages: [{ duration: "1m", target: 9 }], vus: 3 }, { duration: "10s" });
 * // { vus: 3, duration: "10s" }
 * ```
 */
export function mergeOptions(...layers: readonly K6Options[]): K6Options {
  let merged: K6Options = {};
  for (const layer of layers) {
    if (EXECUTION.some((name) => layer[name] !== undefined)) {
      const { duration: _d, iterations: _i, stages: _s, scenarios: _c, ...rest } = merged;
      merged = rest;
    }
    const tags = { ...merged.tags, ...layer.tags };
    merged = { ...merged, ...layer };
    if (Object.keys(tags).length > 0) merged.tags = tags;
  }
  return merged;
}
