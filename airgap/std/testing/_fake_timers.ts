/** Timers that run when a fake clock reaches them. */

/**
 * Ids start here, far from those of real timers, so that clearing a fake timer after real time is
 * back never clears a real one.
 */
const FIRST_ID = 1_000_000_000;

/** An interval without a delay would never let time move on. */
const INTERVAL_MS_MIN = 1;

// A timer hands its arguments on to its function, whatever they are.
// deno-lint-ignore no-explicit-any
export type Callback = (...args: any[]) => void;

interface Timer {
  id: number;
  due_ms: number;
  callback: Callback;
  args: unknown[];
  /** Time to the next run; `null` for a timer that runs once. */
  interval_ms: number | null;
}

/**
 * Timers in the order in which they are due; of two due at the same time the older one comes first.
 *
 * ```ts
 * const timers = new FakeTimers();
 * timers.add(0, callback, 10, []);
 * timers.runNext(); // calls callback
 * ```
 */
export class FakeTimers {
  readonly #timers: Timer[] = [];
  #next_id = FIRST_ID;

  /** When the next timer is due; `undefined` without one. */
  get next_due_ms(): number | undefined {
    return this.#timers[0]?.due_ms;
  }

  /** Adds a timer that runs once; returns its id. */
  add(now_ms: number, callback: Callback, delay_ms: number | undefined, args: unknown[]): number {
    const due_ms = now_ms + whole(delay_ms);
    return this.#insert({ id: this.#next_id++, due_ms, callback, args, interval_ms: null });
  }

  /** Adds a timer that runs again and again; returns its id. */
  addInterval(
    now_ms: number,
    callback: Callback,
    delay_ms: number | undefined,
    args: unknown[],
  ): number {
    const interval_ms = Math.max(INTERVAL_MS_MIN, whole(delay_ms));
    const due_ms = now_ms + interval_ms;
    return this.#insert({ id: this.#next_id++, due_ms, callback, args, interval_ms });
  }

  /** Takes a timer out, if it is still there. */
  remove(id: number | undefined): void {
    const at = this.#timers.findIndex((timer) => timer.id === id);
    if (at !== -1) this.#timers.splice(at, 1);
  }

  /** Runs the next timer. An interval is set up again first, so that its callback can clear it. */
  runNext(): void {
    const timer = this.#timers.shift();
    if (!timer) return;
    if (timer.interval_ms !== null) {
      this.#insert({ ...timer, due_ms: timer.due_ms + timer.interval_ms });
    }
    timer.callback(...timer.args);
  }

  #insert(timer: Timer): number {
    const before = this.#timers.findLastIndex(({ due_ms }) => due_ms <= timer.due_ms);
    this.#timers.splice(before + 1, 0, timer);
    return timer.id;
  }
}

/** Whole milliseconds, none below 0; what is not a number counts as 0. */
function whole(delay_ms: number | undefined): number {
  return Math.max(0, Math.trunc(Number(delay_ms ?? 0)) || 0);
}
