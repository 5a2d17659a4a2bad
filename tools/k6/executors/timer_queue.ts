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
