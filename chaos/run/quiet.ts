/** Waits a while until other programs leave the machine alone: a comparison needs a calm start. */
import type { ScenarioPlan } from "../vocabulary/mod.ts";
import { QUICK_QUIET_MS_MAX, QUIET_MS_MAX } from "./limits.ts";
import { pause } from "./waiting.ts";

/** Part of a core others may take, averaged over {@link QUIET_LOOK_MS}. */
export const QUIET_SHARE_MAX = 0.5;
/** Time between two looks, in milliseconds. */
export const QUIET_LOOK_MS = 500;

/** What the wait needs from outside. */
export interface QuietOutside {
  /** CPU time others have taken so far, in milliseconds; null where nobody counts. */
  others_cpu_ms(): number | null;
  now(): number;
  readonly signal: AbortSignal;
  /** Default {@link pause}. */
  pause?(wait_ms: number, signal: AbortSignal): Promise<void>;
}

/** Waits only where the plan claims latencies, and shorter where it is to be quick. */
export async function calmFor(plan: ScenarioPlan, outside: QuietOutside): Promise<number> {
  if (!plan.conditions.some(({ measure }) => measure.startsWith("p95"))) return 0;
  return await untilQuiet(plan.quick ? QUICK_QUIET_MS_MAX : QUIET_MS_MAX, outside);
}

/** Returns how long it waited: until a look finds it calm, at most about `wait_ms_max`. */
export async function untilQuiet(wait_ms_max: number, outside: QuietOutside): Promise<number> {
  const { others_cpu_ms, now, signal } = outside;
  const start_ms = now();
  let before = others_cpu_ms(), before_ms = start_ms;
  while (before !== null && now() - start_ms < wait_ms_max && !signal.aborted) {
    await (outside.pause ?? pause)(QUIET_LOOK_MS, signal);
    const cpu_ms = others_cpu_ms(), t_ms = now();
    if (cpu_ms === null || (cpu_ms - before) / (t_ms - before_ms) <= QUIET_SHARE_MAX) break;
    before = cpu_ms;
    before_ms = t_ms;
  }
  return now() - start_ms;
}
