/** How many samples it takes to say anything, and how far off a measurement may be. */

/** Probes a share of failures has to rest on. */
export const PROBES_MIN = 20;

/** Probes with an age the largest age has to rest on. */
export const AGES_MIN = 10;

/** Answers that could be compared with what the source said. */
export const COMPARISONS_MIN = 10;

/**
 * Share of answers that could not be compared beyond which the others do not speak for them. None is
 * left out in a recorded run; a watch of the source that misses two snapshots of a run comes to 10 %.
 */
export const NOT_COMPARED_SHARE_MAX = 0.1;

/** Requests of the load a share of failures has to rest on. */
export const LOAD_REQUESTS_MIN = 200;

/**
 * Share of the load's requests that may be missing from a piece of a run. None is in 120 of 121
 * recorded runs; in one the last wave was cut short when the load was ended, which is no longer told.
 */
export const LOAD_MISSING_SHARE_MAX = 0.05;

/** Windows with a wave on each side of a comparison of latencies; short versions have 30 and more. */
export const WINDOWS_MIN = 12;

/** Requests in a window of which a p95 is taken: below it, the p95 is the largest. */
export const WINDOW_REQUESTS_MIN = 20;

/** Share of the windows that is left out of a comparison, the slowest: what else the machine does. */
export const WINDOWS_LEFT_OUT = 0.1;

/** Polls a rate or a count of polls has to rest on. */
export const POLLS_MIN = 5;

/** Samples of a process before and after the faults. */
export const PROCESS_SAMPLES_MIN = 2;

/**
 * How much younger than its data an age may be told, in ms: started_at and monotonic time of the
 * run, the source's stamp and the answer's age are each whole milliseconds read a few steps apart,
 * on a machine where a thread may wait a few scheduler ticks between two of them.
 */
export const AGE_TOLERANCE_MS = 100;

/** Differences of latencies below this, in ms, are timers' and the scheduler's. */
export const LATENCY_FLOOR_MS = 0.5;

/** An interval that reaches beyond this ratio cannot rule out a doubling: it says nothing. */
export const RATIO_WIDE = 2;

/** A ratio measured beyond its bound holds only where its interval ends below this. */
export const RATIO_UNCLEAR = 1.5;

/** Probability with which a bootstrap interval's bound lies on the wrong side, for each bound. */
export const BOOTSTRAP_ALPHA = 0.01;

/** Resamples of a bootstrap. */
export const BOOTSTRAP_ROUNDS = 1000;

/**
 * Neighboring windows drawn together: half a second. Measured: p95s of waves one apart correlate by
 * 0.1 to 0.4, those three apart no more.
 */
export const BOOTSTRAP_BLOCK = 5;

/** A recovered subject answers probes within this many times the baseline's p95 … */
export const RECOVERED_LATENCY_FACTOR = 3;

/** … or within this, in ms, which a busy machine's scheduler takes now and then. */
export const RECOVERED_LATENCY_FLOOR_MS = 25;

/** The claim has to be true again this long after the lift, in ms, or 3 polls if that is longer. */
export const METASTABLE_MS_MIN = 30_000;

/** Availability the error budget is reckoned with. */
export const SLO = 0.999;

/** Length of an error budget: 30 days, in ms. */
export const BUDGET_MS = 30 * 24 * 3_600_000;

/** How long before a large age it is looked what others took, in ms: samples come once a second. */
export const LATE_LOOK_MS = 3_000;

/** CPU share others may take more under fault than before, beyond which slowness is not the fault's. */
export const OTHERS_CPU_SHARE_GROWTH_MAX = 0.15;
