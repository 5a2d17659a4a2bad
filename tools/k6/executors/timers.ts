/** `World.at` on a real clock. */

/** What real timers stand on. */
export interface TimerGround {
  /** Milliseconds of a clock that never goes back. */
  now(): number;
  /** Calls back after about `delay_ms`; returns what cancels it. `setTimeout` will do. */
  after(delay_ms: number, callback: () => void): () => void;
  /** Resolves every fraction of a millisecond; null where timers need not be finer than `after`. */
  tick: (() => Promise<unknown>) | null;
}

/**
 * Timers as fine as the ground's ticks. With ticks they are looked at on each, so that arrivals
 * that are due every millisecond start every millisecond; without, one `after` waits for the
 * earliest.
 *
 * ```ts
 * using timers = new RealTimers({ now, after, tick: null });
 * timers.at(now() + 5, () => {});
 * ```
 */
export class RealTimers {
  readonly #ground: TimerGround;
  readonly #queue = new TimerQueue();
  #awaited_ms = Infinity;
  #cancelAfter: (() => void) | null = null;
  #is_open = true;

  constructor(ground: TimerGround) {
    this.#ground = ground;
    if (ground.tick !== null) void this.#follow(ground.tick);
  }

  at(time_ms: number, callback: () => void): () => void {
    const cancel = this.#queue.at(time_ms, callback);
    if (this.#ground.tick === null) this.#await();
    return cancel;
  }

  /** Nothing is called back any more. */
  [Symbol.dispose](): void {
    this.#is_open = false;
    this.#cancelAfter?.();
  }

  async #follow(tick: () => Promise<unknown>): Promise<void> {
    while (this.#is_open) {
      await tick();
      if (this.#is_open) this.#queue.runDue(this.#ground.now());
    }
  }

  #await(): void {
    const { next_ms } = this.#queue;
    if (!this.#is_open || next_ms >= this.#awaited_ms) return;
    this.#cancelAfter?.();
    this.#awaited_ms = next_ms;
    const delay_ms = Math.max(0, next_ms - this.#ground.now());
    this.#cancelAfter = this.#ground.after(delay_ms, () => {
      this.#awaited_ms = Infinity;
      this.#cancelAfter = null;
      this.#queue.runDue(this.#ground.now());
      this.#await();
    });
  }
}

/** Callbacks by the time they are due, in a binary heap. */

interface Timer {
  time_ms: number;
  /** Breaks ties: first come, first called. */
  order: number;
  /** Null once it is canceled. */
  callback: (() => void) | null;
}

/**
 * ```ts
 * const queue = new TimerQueue();
 * const cancel = queue.at(5, () => {});
 * queue.next_ms; // 5
 * queue.runDue(5); // 1
 * ```
 */
export class TimerQueue {
  readonly #heap: Timer[] = [];
  #order = 0;

  /** When the earliest callback is due; Infinity where there is none. */
  get next_ms(): number {
    while (this.#heap.length > 0 && this.#heap[0].callback === null) this.#pop();
    return this.#heap.length === 0 ? Infinity : this.#heap[0].time_ms;
  }

  /** Returns what cancels it. */
  at(time_ms: number, callback: () => void): () => void {
    const timer: Timer = { time_ms, order: this.#order++, callback };
    this.#push(timer);
    return () => {
      timer.callback = null;
    };
  }

  /** Calls back all that is due at `now_ms`, also what comes due by that; returns how many. */
  runDue(now_ms: number): number {
    let called = 0;
    while (this.next_ms <= now_ms) {
      this.#pop().callback!();
      called++;
    }
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

/** Longest time scripts that never wait may keep the event loop to themselves, in milliseconds. */
export const BREATHE_EVERY_MS = 10;

/**
 * Makes `World.breathe`: a script without a single real wait runs from promise to promise and
 * would starve timers, signals and progress.
 *
 * @param nextTurn Resolves in a later turn of the event loop, as soon as can be.
 */
export function createBreather(
  now: () => number,
  nextTurn: () => Promise<void>,
): () => Promise<void> | null {
  let breathed_ms = now();
  let breath: Promise<void> | null = null;
  return () => {
    // All VUs wait for the same turn: one that went on would put it off.
    if (breath !== null) return breath;
    if (now() - breathed_ms < BREATHE_EVERY_MS) return null;
    breath = nextTurn().then(() => {
      breath = null;
      breathed_ms = now();
    });
    return breath;
  };
}
