/** The load of bench/k6/waves.js as others reckon with it. */
import type { LoadProfile } from "./plan.ts";

/**
 * A wave begins this long after a window of the load does, in milliseconds, so that a window has its
 * answers and those of no other: timers come late, never early.
 */
export const WAVE_IN_WINDOW_MS = 1;

/** Users that ask at once, and how often they do. */
export interface Waves {
  users: number;
  every_ms: number;
}

/** null where the load does not come in waves. */
export function wavesOf({ profile, env }: LoadProfile): Waves | null {
  if (profile !== "waves") return null;
  // Defaults of bench/k6/waves.js.
  const users = Number(env.VUS ?? 100), every_ms = Number(env.WAVE_MS ?? 250);
  return users > 0 && every_ms > 0 ? { users, every_ms } : null;
}
