/** Bounds of the gate, beyond those shared with bench:serve. */

/** GetMetric, p95 in every scene, in milliseconds. */
export const P95_MS_MAX = 7;
/**
 * Oldest data at default settings, in milliseconds: the source's interval of 10 s, one poll of 1.5
 * s and a margin. Equals AGE_MAX_MS of the k6 profiles.
 */
export const AGE_MS_MAX = 15_000;
/** The same while 100,000 × 30 refresh every 2 s: two polls and the parsing under load. */
export const REFRESH_AGE_MS_MAX = 5_000;
/**
 * Error of a reported age against the source's own time, in milliseconds. All processes share one
 * clock.
 */
export const AGE_ERROR_MS_MAX = 50;
/** Responses with an age that a verdict needs. */
export const AGE_SAMPLES_MIN = 20;

/** Probability of a false alarm over all comparisons with a baseline. */
export const BASELINE_ERROR_SHARE_MAX = 0.05;
/** Tolerated slow-downs, as factors: two runs of one commit differ by as much. */
export const BASELINE_RATE_FACTOR_MAX = 1.05;
export const BASELINE_P95_FACTOR_MAX = 1.1;
export const BASELINE_P99_FACTOR_MAX = 1.15;
/** Interquartile range of a slow-down over its median; above it the rounds disagree. */
export const BASELINE_SPREAD_MAX = 0.2;
