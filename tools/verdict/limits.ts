/** How sure a measurement has to be to say anything. */

/** Fewer rounds than this prove nothing. */
export const ROUNDS_MIN = 3;

/** Of fewer rounds than this every one has to break a bound, or it is not broken but contradicted. */
export const ROUNDS_FEW = 5;

/**
 * Interquartile range of a figure over its median: beyond it, rounds whose middle half lies on both
 * sides of the bound contradict each other.
 */
export const SAMPLE_SPREAD_MAX = 0.1;

/** Share of the machine's CPU time other programs may take during a figure. */
export const FOREIGN_CPU_SHARE_MAX = 0.05;

/** A disturbed pass is taken again; in all at most this many times as many passes as wanted. */
export const ATTEMPTS_PER_PASS_MAX = 2;
