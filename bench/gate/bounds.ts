/** What the gate holds metrics_server to, beyond the bounds it shares with bench:serve. */

/** GetMetric, 95th percentile, in every scene, in milliseconds. */
export const P95_MS_MAX = 7;

/**
 * Oldest data an answer may have at default settings, in milliseconds: the source's interval of
 * 10 s, one poll of 1.5 s, and some. The profiles' AGE_MAX_MS.
 */
export const AGE_MS_MAX = 15_000;

/** The same while 100,000 × 30 refresh every 2 s: two polls, and the reading under load. */
export const REFRESH_AGE_MS_MAX = 5_000;

/**
 * How far an age may be from what the source says of the same snapshot, in milliseconds. Both ends
 * are on one machine and its one clock.
 */
export const AGE_ERROR_MS_MAX = 50;

/** Fewer answers than this say nothing about ages. */
export const AGE_SAMPLES_MIN = 20;

/** All comparisons with a baseline together are wrong about a slow-down this often at most. */
export const BASELINE_ERROR_SHARE_MAX = 0.05;

/** Slow-downs that count, as a factor: smaller ones are found between two runs of one commit. */
export const BASELINE_RATE_FACTOR_MAX = 1.05;
export const BASELINE_P95_FACTOR_MAX = 1.1;
export const BASELINE_P99_FACTOR_MAX = 1.15;

/** Interquartile range of a slow-down over its median: beyond it the rounds disagree. */
export const BASELINE_SPREAD_MAX = 0.2;
