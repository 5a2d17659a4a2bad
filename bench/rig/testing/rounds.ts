/** Plausible rounds for tests. */
import type { Round } from "../rounds.ts";

/** A round with some values changed. */
export function round(change: Partial<Round> = {}): Round {
  return {
    rate_per_s: 100_000,
    responses: 300_000,
    p50_ms: 0.9,
    p95_ms: 1.2,
    p99_ms: 1.6,
    max_ms: 9,
    bad: 0,
    bad_detail: "",
    lag_p99_ms: null,
    cpu_share: 0.97,
    ...change,
  };
}

/** One round per value of a property. */
export function rounds<K extends keyof Round>(property: K, values: readonly Round[K][]): Round[] {
  return values.map((value) => round({ [property]: value }));
}
