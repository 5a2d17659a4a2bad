/** Arrivals at a constant rate, and the queue of those without a connection. Pure. */

/** Intended start of arrival `index` (from 0), in milliseconds after the first one. */
export function intendedStart(index: number, rate_per_s: number): number {
  return index * 1000 / rate_per_s;
}

/** Queue of intended starts in a ring of fixed size. */
export class ArrivalQueue {
  readonly #starts_ms: Float64Array;
  #head = 0;
  #length = 0;

  constructor(capacity: number) {
    this.#starts_ms = new Float64Array(capacity);
  }

  get length(): number {
    return this.#length;
  }

  /** Returns false if the queue is full. */
  push(start_ms: number): boolean {
    const capacity = this.#starts_ms.length;
    if (this.#length === capacity) return false;
    this.#starts_ms[(this.#head + this.#length++) % capacity] = start_ms;
    return true;
  }

  /** Removes the oldest start; NaN if the queue is empty. */
  shift(): number {
    if (this.#length === 0) return NaN;
    const start_ms = this.#starts_ms[this.#head];
    this.#head = (this.#head + 1) % this.#starts_ms.length;
    this.#length--;
    return start_ms;
  }
}
