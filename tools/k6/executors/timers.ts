/** Timers on an injected clock. */

interface Timer {
  time_ms: number;
  /** Breaks ties: first scheduled, first called. */
  order: number;
  /** Null once canceled. */
  callback: (() => void) | null;
}

/** Callbacks by due time, in a binary heap. */
export class TimerQueue {
  readonly #heap: Timer[] = [];
  #order = 0;

  /** Due time of the earliest callback; Infinity if the queue is empty. */
  get next_ms(): number {
    while (this.#heap.length > 0 && this.#heap[0].callback === null) this.#pop();
    return this.#heap.length === 0 ? Infinity : this.#heap[0].time_ms;
  }

  /** Schedules a callback; returns a function that cancels it. */
  at(time_ms: number, callback: () => void): () => void {
    const timer: Timer = { time_ms, order: this.#order++, callback };
    this.#push(timer);
    return () => {
      timer.callback = null;
    };
  }

  /** Runs all callbacks due at `now_ms`, including those they schedule; returns their number. */
  runDue(now_ms: number): number {
    let called = 0;
    for (; this.next_ms <= now_ms; called++) this.#pop().callback!();
    return called;
  }

  #push(timer: Timer): void {
    const heap = this.#heap;
    let at = heap.push(timer) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isEarlier(timer, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = timer;
  }

  #pop(): Timer {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop()!;
    if (heap.length > 0) {
      let at = 0;
      for (let child = 1; child < heap.length; child = 2 * at + 1) {
        if (child + 1 < heap.length && isEarlier(heap[child + 1], heap[child])) child++;
        if (!isEarlier(heap[child], last)) break;
        heap[at] = heap[child];
        at = child;
      }
      heap[at] = last;
    }
    return first;
  }
}

function isEarlier(a: Timer, b: Timer): boolean {
  return a.time_ms < b.time_ms || (a.time_ms === b.time_ms && a.order < b.order);
}

/** The clock of {@link RealTimers}. */
interface Clock {
  /** Milliseconds of a monotonic clock. */
  now(): number;
  /** Calls back after about `delay_ms`; returns a function that cancels. */
  after(delay_ms: number, callback: () => void): () => void;
  /** Resolves every fraction of a millisecond; null to use `after` alone. */
  tick: (() => Promise<unknown>) | null;
}

/**
 * Timers on a real clock. With ticks, due callbacks run at each tick, fine enough to start an
 * arrival every millisecond. Without ticks, one `after` waits for the earliest callback.
 */
export class RealTimers {
  readonly #queue = new TimerQueue();
  #awaited_ms = Infinity;
  #cancelAfter: (() => void) | null = null;
  #is_open = true;

  constructor(private readonly clock: Clock) {
    if (clock.tick !== null) void this.#follow(clock.tick);
  }

  at(time_ms: number, callback: () => void): () => void {
    const cancel = this.#queue.at(time_ms, callback);
    if (this.clock.tick === null) this.#await();
    return cancel;
  }

  /** Cancels all callbacks. */
  [Symbol.dispose](): void {
    this.#is_open = false;
    this.#cancelAfter?.();
  }

  async #follow(tick: () => Promise<unknown>): Promise<void> {
    while (this.#is_open) {
      await tick();
      if (this.#is_open) this.#queue.runDue(this.clock.now());
    }
  }

  #await(): void {
    const { next_ms } = this.#queue;
    if (!this.#is_open || next_ms >= this.#awaited_ms) return;
    this.#cancelAfter?.();
    this.#awaited_ms = next_ms;
    const delay_ms = Math.max(0, next_ms - this.clock.now());
    this.#cancelAfter = this.clock.after(delay_ms, () => {
      this.#awaited_ms = Infinity;
      this.#cancelAfter = null;
      this.#queue.runDue(this.clock.now());
      this.#await();
    });
  }
}

/** Longest time scripts without a real wait may occupy the event loop, in milliseconds. */
const BREATHE_EVERY_MS = 10;

/**
 * Creates `World.breathe`. A script without a real wait runs from promise to promise and would
 * starve timers, signals and progress.
 * @param nextTurn Resolves in the next turn of the event loop.
 */
export function createBreather(
  now: () => number,
  nextTurn: () => Promise<void>,
): () => Promise<void> | null {
  let breathed_ms = now();
  let breath: Promise<void> | null = null;
  return () => {
    // All VUs wait for the same turn: a VU that continued would delay it.
    if (breath !== null) return breath;
    if (now() - breathed_ms < BREATHE_EVERY_MS) return null;
    breath = nextTurn().then(() => {
      breath = null;
      breathed_ms = now();
    });
    return breath;
  };
}
