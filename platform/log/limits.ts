/** Limits of the log. */

/** Size of one thread's ring: some 100,000 access lines, more than a second at full load. */
export const LOG_RING_BYTES = 4 * 1024 * 1024;

/** Smallest ring: it must hold a few of the longest lines. */
export const LOG_RING_BYTES_MIN = 128 * 1024;

/** Part of a ring that access lines leave free for the rare lines that explain a flood of them. */
export const LOG_RESERVE_BYTES = 64 * 1024;

/** Labels of a thread: texts that its access lines refer to by number. */
export const LOG_LABELS_MAX = 16 * 1024;

/** Longest label. */
export const LOG_LABEL_BYTES_MAX = 1024;

/** Threads that can log, the creating one included. An unused ring takes no memory. */
export const LOG_THREADS_MAX = 32;

/** Longest line with its newline; fields that do not fit are cut and counted in the line. */
export const LOG_LINE_BYTES_MAX = 16 * 1024;

/** Characters kept of a value that is cut. */
export const LOG_CUT_VALUE_CHARS_MAX = 512;

export const LOG_NAME_CHARS_MAX = 128;
export const LOG_BATCH_BYTES = 256 * 1024;

/**
 * Pause of the log worker after a write: lines accumulate, so that a busy service needs few writes.
 * A longer pause would make batches so large that encoding one raises the p95 of threads on its
 * core.
 */
export const LOG_NAP_MS = 4;

/** Longest sleep of the log worker without new lines. The next line wakes it earlier. */
export const LOG_SLEEP_MS_MAX = 1_000;

/** Shortest time between two `log.dropped` lines. */
export const LOG_DROPPED_INTERVAL_MS = 1_000;
