/** Every limit of the log, with its unit. */

/** Room of one thread's ring: some 100,000 access lines, more than a second at full load. */
export const LOG_RING_BYTES = 4 * 1024 * 1024;

/** Smallest ring: it has to hold a few of the longest lines. */
export const LOG_RING_BYTES_MIN = 128 * 1024;

/**
 * Part of a ring that access lines leave free, so that a flood of them cannot push out the rare
 * lines that explain it.
 */
export const LOG_RESERVE_BYTES = 64 * 1024;

/** Threads that can log, the creating one among them. Memory of a ring nobody uses is not touched. */
export const LOG_THREADS_MAX = 32;

/** Longest line with its newline; what does not fit is cut and the line says so. */
export const LOG_LINE_BYTES_MAX = 16 * 1024;

/** Longest text kept of a value that was cut. */
export const LOG_CUT_VALUE_CHARS_MAX = 512;

/** Longest event, service and endpoint name. */
export const LOG_NAME_CHARS_MAX = 128;

/** Most that is handed to stdout in one write. */
export const LOG_BATCH_BYTES = 256 * 1024;

/**
 * Pause of the log worker after it wrote something: lines gather meanwhile, so that busy times
 * cost few writes. No line waits longer than this for its turn. Not longer either: at 100,000
 * lines a second 20 ms gather 2,000 of them, and encoding those in one go is seen in the p95 of
 * whoever shares the core (1.3 × that of a server without log on two cores; with 4 ms 1.0 ×).
 */
export const LOG_NAP_MS = 4;

/** Longest sleep of the log worker while nothing is logged. The next line wakes it earlier. */
export const LOG_SLEEP_MS_MAX = 1_000;

/** Shortest time between two `log.dropped` lines. */
export const LOG_DROPPED_INTERVAL_MS = 1_000;
