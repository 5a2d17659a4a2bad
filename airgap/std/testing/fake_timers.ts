/** Timers that run when a fake clock reaches them. */

/** Fake ids start far above real ids, so clearing a late fake timer clears no real timer. */
const FIRST_ID = 1_000_000_000;

/** With an interval of 0 ms, time would never advance. */
const INTERVAL_MS_MIN = 1;

// A timer passes any arguments to its function.
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

/** Timers by due time; of two due at the same time the older comes first. */
export class FakeTimers {
  readonly #timers: Timer[] = [];
  #next_id = FIRST_ID;

  /** When the next timer is due; `undefined` without one. */
  get next_due_ms(): number | undefined {
    return this.#timers[0]?.due_ms;
  }

  /** Adds a timer that runs once, or `repeats`; returns its id. */
  add(
    now_ms: number,
    callback: Callback,
    delay_ms: number | undefined,
    args: unknown[],
    repeats = false,
  ): number {
    const wait_ms = Math.max(repeats ? INTERVAL_MS_MIN : 0, whole(delay_ms));
    const [due_ms, interval_ms] = [now_ms + wait_ms, repeats ? wait_ms : null];
    return this.#insert({ id: this.#next_id++, due_ms, callback, args, interval_ms });
  }

  /** Removes a timer, if it is still pending. */
  remove(id: number | undefined): void {
    const at = this.#timers.findIndex((timer) => timer.id === id);
    if (at !== -1) this.#timers.splice(at, 1);
  }

  /** Runs the next timer. An interval is rescheduled first, so that its callback can clear it. */
  runNext(): void {
    const timer = this.#timers.shift();
    if (!timer) return;
    if (timer.interval_ms !== null) {
      this.#insert({ ...timer, due_ms: timer.due_ms + timer.interval_ms });
    }
    timer.callback.apply(null, timer.args);
  }

  #insert(timer: Timer): number {
    const before = this.#timers.findLastIndex(({ due_ms }) => due_ms <= timer.due_ms);
    this.#timers.splice(before + 1, 0, timer);
    return timer.id;
  }
}

/** Whole milliseconds, at least 0; `NaN` counts as 0. */
function whole(delay_ms: number | undefined): number {
  return Math.max(0, Math.trunc(Number(delay_ms ?? 0)) || 0);
}
