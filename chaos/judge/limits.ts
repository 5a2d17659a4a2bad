/** Minimum sample counts, and tolerances of measurements. */

/** Probes behind a share of failures. */
export const PROBES_MIN = 20;
/** A probe whose timeout is noticed later than this, in ms, shows that the lab itself was late. */
export const PROBE_LATE_MS_MAX = 150;
/** Responses with an age behind the largest age. */
export const AGES_MIN = 10;
/** Lists that were read whole or in part. A short version has 6 and more. */
export const LISTS_MIN = 4;
/** Responses that could be compared with the source. */
export const COMPARISONS_MIN = 10;

/**
 * Share of responses that could not be compared, above which the others do not represent them. It
 * is 0 in recorded runs. A watch of the source that misses two snapshots of a run causes 10 %.
 */
export const NOT_COMPARED_SHARE_MAX = 0.1;
/** Snapshots seen on two replicas, behind a skew. */
export const SIGHTINGS_MIN = 4;
/** Requests of the load behind a share of failures. */
export const LOAD_REQUESTS_MIN = 200;
/** Share of the load's windows in which the client itself may fail. */
export const CLIENT_FAILED_SHARE_MAX = 0.1;
/**
 * Share of a probe's timeout. A response of the control that took as long shows that the machine
 * stood still, not the subject.
 */
export const CONTROL_STANDS_SHARE = 0.5;
/** Share of the load's requests that may be missing from a segment of the run. */
export const LOAD_MISSING_SHARE_MAX = 0.05;
/** Load windows in a judged segment, and on each side of a comparison. Short versions have 25. */
export const WINDOWS_MIN = 12;
/** Polls behind a poll rate. */
export const POLLS_MIN = 5;
/** Readings of a subject's longest block. */
export const BLOCK_READINGS_MIN = 5;
/** Samples of a process behind a slope. */
export const PROCESS_SAMPLES_MIN = 5;
/**
 * Growth of a process's memory in a whole run, in MB, that its heap may take. Few polls or requests
 * would make it look like a leak.
 */
export const MEMORY_FLOOR_MB = 8;
/** After the start of a process its heap grows to its working size, in ms. */
export const PROCESS_WARM_UP_MS = 5_000;

/**
 * Tolerance of reported ages, in ms. started_at and the run's clock, the source's timestamp and the
 * reported age are whole milliseconds, read a few steps apart on a machine where a thread may wait
 * for a few scheduler ticks in between.
 */
export const AGE_TOLERANCE_MS = 100;
/** Smaller differences of p95s, in ms, come from timers and the scheduler. */
export const LATENCY_FLOOR_MS = 1;
/** The same for p99s, which a few late wake-ups of a thread decide. */
export const P99_FLOOR_MS = 5;
/** An answer that takes longer than this, in ms, counts as slow: the promised p95. */
export const SLOW_ANSWER_MS = 7;
/** Probability that the true value is beyond a bound of a bootstrap interval, for each bound. */
export const BOOTSTRAP_ALPHA = 0.01;
/** Resamples of a bootstrap. */
export const BOOTSTRAP_ROUNDS = 1000;

/** Neighboring windows drawn together: half a second, as long as most disturbances. */
export const BOOTSTRAP_BLOCK = 5;
/** A recovered subject responds to probes within this many times the baseline's p95 … */
export const RECOVERED_LATENCY_FACTOR = 3;
/** … or within this, in ms, which a busy machine's scheduler sometimes takes. */
export const RECOVERED_LATENCY_FLOOR_MS = 25;
/** The claim must be true again this long after the lift, in ms, or 3 polls if that is longer. */
export const METASTABLE_MS_MIN = 30_000;
/** Availability target of the error budget. */
export const SLO = 0.999;
/** Period of the error budget: 30 days, in ms. */
export const BUDGET_MS = 30 * 24 * 3_600_000;

/**
 * Time before a large age in which other programs' CPU time counts, in ms. Samples come once a
 * second.
 */
export const BEFORE_AGE_MS = 3_000;
/** CPU use of other programs, in cores, from which a slow start proves nothing. */
export const OTHERS_CPU_SHARE_BUSY = 0.5;
/** Growth of other programs' CPU share above which slowness is not blamed on the fault. */
export const OTHERS_CPU_SHARE_GROWTH_MAX = 0.15;
