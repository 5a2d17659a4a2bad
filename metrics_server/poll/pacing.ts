/**
 * Paces the work on a large body: short slices of work with pauses between them.
 *
 * Parsing 100,000 × 30 takes 45–85 ms of one core while the source uses the other to send, so
 * concurrent requests queue. Slices keep their latency low; the snapshot is ready some 350 ms
 * later. A body that arrives in one chunk is never paused for.
 */

/** Work before each pause, in milliseconds: parsing a chunk of 64 KiB takes 0.1–0.2 ms. */
const WORK_SLICE_MS = 0.1;

const PAUSE_MS = 1;

/** All pauses of one body together, so that a slow source is not slowed down for long. */
const PAUSES_MS_MAX = 500;

/** Hooks into the work on a body. */
export interface Pacing {
  start(): void;
  /** A chunk of it is processed: the point at which to pause. */
  pause(): void;
}

export const NO_PACING: Pacing = { start() {}, pause() {} };

/**
 * Pauses for {@link PAUSE_MS} after each {@link WORK_SLICE_MS} of work.
 *
 * @param monotonic_ms Clock with fractions of a millisecond.
 * @param sleep Blocks the thread for that many milliseconds.
 */
export function paceWork(monotonic_ms: () => number, sleep: (duration_ms: number) => void): Pacing {
  let slice_started_ms = 0;
  let paused_ms = 0;
  return {
    start() {
      slice_started_ms = monotonic_ms();
      paused_ms = 0;
    },
    pause() {
      if (paused_ms >= PAUSES_MS_MAX) return;
      const now_ms = monotonic_ms();
      if (now_ms - slice_started_ms < WORK_SLICE_MS) return;
      sleep(PAUSE_MS);
      slice_started_ms = monotonic_ms();
      paused_ms += slice_started_ms - now_ms;
    },
  };
}
