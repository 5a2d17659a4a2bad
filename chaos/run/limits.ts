/** Durations and deadlines of a run's phases, in milliseconds. */

/**
 * The load warms up before the baseline. JIT compilation takes some thousand requests on both
 * sides; an earlier baseline would be slower than everything after it.
 */
export const WARM_UP_MS = 2_000;
/** Normal load between warm-up and baseline. */
export const SETTLE_MS = 500;
/** Length of the verify phase. */
export const VERIFY_MS = 5_000;
/** The same in short versions; long enough for the samples that the judge needs. */
export const QUICK_VERIFY_MS = 2_500;
/** Longest wait for a recovery; the judge calls a longer one metastable. */
export const RECOVERY_MS_MAX = 30_500;
/** The same in short versions. */
export const QUICK_RECOVERY_MS_MAX = 5_000;
/** Deadline for the load's first sample. */
export const FIRST_SAMPLE_MS_MAX = 8_000;
/** Deadline for the source's first snapshot. */
export const SOURCE_SEEN_MS_MAX = 5_000;
