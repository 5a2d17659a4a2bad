/** How long the parts of a run may take. */

/**
 * How long the load asks more often before the baseline, in milliseconds. Both sides' code is slow
 * until it has been compiled for the third time, which takes some thousand requests: a baseline taken
 * before that is slower than all that comes after it.
 */
export const WARM_UP_MS = 2_000;
/** Load as in the baseline, before it, in milliseconds. */
export const SETTLE_MS = 500;
/** How long the baseline waits for other programs to let go of the machine, in milliseconds. */
export const QUIET_MS_MAX = 15_000;
/** The same in short versions. */
export const QUICK_QUIET_MS_MAX = 3_000;
/** How long all is watched after the recovery, in milliseconds. */
export const VERIFY_MS = 5_000;
/** The same in short versions; enough for the samples the judge wants. */
export const QUICK_VERIFY_MS = 2_500;
/** How long a recovery is waited for, in milliseconds: the judge takes longer for metastable. */
export const RECOVERY_MS_MAX = 30_500;
/** The same in short versions. */
export const QUICK_RECOVERY_MS_MAX = 5_000;
/** Longest any one part may take to stop, in milliseconds. */
export const STOP_PART_MS_MAX = 6_000;
/** How long the load may take until its first sample, in milliseconds. */
export const FIRST_SAMPLE_MS_MAX = 8_000;
/** How long the source may take to be seen, in milliseconds. */
export const SOURCE_SEEN_MS_MAX = 5_000;
