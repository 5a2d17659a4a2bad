/** How fast everything runs in a scenario, and what makes a short version of it. */
import type { LoadProfile, Settings } from "./plan.ts";
import type { Fault } from "./fault.ts";
import type { FaultValue } from "./fault_value.ts";
import { seededRandom } from "./random.ts";

/**
 * The source's interval is the shortest it has. Two polls an interval, so that a poll is never the
 * reason for an old answer; a deadline and a longest backoff short enough that a recovery is seen
 * within seconds, and long enough that backing off shows (four poll intervals).
 */
export const SETTINGS_DEFAULT: Settings = {
  poll_ms: 500,
  poll_timeout_ms: 1000,
  backoff_max_ms: 2000,
  data_interval_ms: 1000,
  switches: 64,
  subjects: 1,
  data_env: {},
  subject_env: {},
};

/** Short versions poll, time out and back off this much faster: 300, 600 and 1200 ms. */
export const QUICK_SETTINGS_SCALE = 0.6;
/** Times of faults in short versions are scaled by this … */
export const QUICK_FAULT_SCALE = 0.3;
/** … or by less, so that all faults together take this long, in milliseconds. */
export const QUICK_FAULT_MS_MIN = 3000;
/** Baselines of short versions take this share of their time. */
export const QUICK_BASELINE_SCALE = 0.4;
/** Shortest a baseline gets by that, in milliseconds: enough windows of load to compare with. */
export const QUICK_BASELINE_MS_MIN = 4000;

/**
 * Short versions have this share of the users: they run where other programs run too, and half as
 * many answers at once leave twice the room to a bound in milliseconds.
 */
export const QUICK_USERS_SCALE = 0.5;

/** The rule as `plan` prints it. */
export const QUICK_RULE =
  `quick: poll, time-out and backoff × ${QUICK_SETTINGS_SCALE}; faults × ${QUICK_FAULT_SCALE} ` +
  `(all together at least ${QUICK_FAULT_MS_MIN / 1000} s); baseline × ${QUICK_BASELINE_SCALE} ` +
  `(at least ${QUICK_BASELINE_MS_MIN / 1000} s); users × ${QUICK_USERS_SCALE}`;

/** Settings of the short version; the source cannot be made faster. */
export function quickSettings(settings: Settings): Settings {
  const scaled = (value_ms: number) => Math.round(value_ms * QUICK_SETTINGS_SCALE);
  return {
    ...settings,
    poll_ms: scaled(settings.poll_ms),
    poll_timeout_ms: scaled(settings.poll_timeout_ms),
    backoff_max_ms: scaled(settings.backoff_max_ms),
  };
}

/** The load of the short version: fewer users, who ask as often. */
export function quickLoad(load: LoadProfile): LoadProfile {
  const users = Number(load.env.VUS);
  if (!(users > 1)) return load;
  return { ...load, env: { ...load.env, VUS: String(Math.round(users * QUICK_USERS_SCALE)) } };
}

/** What times of faults are multiplied with in the short version of faults that last so long. */
export function quickFaultScale(span_ms: number): number {
  return Math.min(1, Math.max(QUICK_FAULT_SCALE, QUICK_FAULT_MS_MIN / span_ms));
}

/**
 * A fault outside of any scenario, with the default settings.
 *
 * ```ts
 * faultOf(latency("source", { delay_ms: 200 })).params.delay_ms; // 200
 * ```
 */
export function faultOf(value: FaultValue, seed = 1): Fault {
  return value.make({ settings: SETTINGS_DEFAULT, random: seededRandom(seed) });
}
