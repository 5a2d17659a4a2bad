import { type Fault, type FaultValue, seededRandom, SETTINGS_DEFAULT } from "../vocabulary/mod.ts";

/**
 * A fault outside a scenario, with the default settings.
 *
 * ```ts
 * faultOf(latency("source", { delay_ms: 200 })).params.delay_ms; // 200
 * ```
 */
export function faultOf(value: FaultValue, seed = 1): Fault {
  return value.make({ settings: SETTINGS_DEFAULT, random: seededRandom(seed) });
}
