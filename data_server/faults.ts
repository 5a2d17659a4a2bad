/** Which faults a request for data meets. Pure. */
import type { Sfc32 } from "./random.ts";

/** Share of the requests that are delayed where a delay is set. */
export const SLOW_SHARE = 0.2;

/** How often faults are wanted. */
export interface FaultSettings {
  /** `FAULT_500_PCT`, 0–100. */
  error_pct: number;
  /** `FAULT_SLOW_MS`; 0 is never. */
  slow_ms: number;
}

/** The faults of one request; both can meet the same one, the delay then comes first. */
export interface Fault {
  /** Answer 500 instead of the data. */
  is_error: boolean;
  /** Extra delay, 0 for none. */
  delay_ms: number;
}

/**
 * Draws the faults of the next request: always two draws, so that one setting leaves the other's
 * sequence as it is.
 *
 * ```ts
 * drawFault(new Sfc32(42, RANDOM_STREAMS.faults), { error_pct: 5, slow_ms: 200 });
 * // { is_error: false, delay_ms: 200 }
 * ```
 */
export function drawFault(random: Pick<Sfc32, "fraction">, settings: FaultSettings): Fault {
  const is_error = random.fraction() * 100 < settings.error_pct;
  const is_slow = random.fraction() < SLOW_SHARE;
  return { is_error, delay_ms: is_slow ? settings.slow_ms : 0 };
}
