import { deriveScenarios } from "../../options/mod.ts";
import type { Scenario } from "../../options/mod.ts";

/** Scenarios as a script writes them, named s0, s1, …. */
export function writtenScenarios(...written: Record<string, unknown>[]): Scenario[] {
  return deriveScenarios({
    scenarios: Object.fromEntries(written.map((scenario, i) => [`s${i}`, scenario])),
  });
}
