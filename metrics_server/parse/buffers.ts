/**
 * Where large buffers come from. Shared memory is let go of late (every thread's garbage collector
 * has to agree), so what is refreshed every second is used again rather than left to them.
 */

/** Source of shared memory. What `take` gives may hold old bytes. */
export interface Buffers {
  /** Memory of at least `bytes`. */
  take(bytes: number): SharedArrayBuffer;
  /** Hands memory back that nobody reads any more. */
  give(buffer: SharedArrayBuffer): void;
}

/** New memory each time, left to the garbage collector. */
export const FRESH_BUFFERS: Buffers = {
  take: (bytes) => new SharedArrayBuffer(bytes),
  give: () => {},
};

/** Buffers handed back that a pool keeps: body, cells and items of three snapshots of one source. */
export const FREE_BUFFERS_MAX = 9;

/** Slack of new memory, so that a body a little longer than the last one still fits. */
const SLACK = 1 / 16;

/** A buffer more than this many times too large is left for a larger need. */
const OVERSIZE_MAX = 1.5;

/** Needs met from elsewhere after which a buffer that none of them could use is let go. */
export const IDLE_TAKES_MAX = 24;

interface Free {
  readonly buffer: SharedArrayBuffer;
  /** `#takes` when it was handed back. */
  readonly since: number;
}

/** Keeps what is handed back: the latest {@link FREE_BUFFERS_MAX} of it, as long as it is of use. */
export class BufferPool implements Buffers {
  /** By size. */
  #free: Free[] = [];
  #takes = 0;

  /** The smallest that fits, else new memory with a little slack. */
  take(bytes: number): SharedArrayBuffer {
    this.#takes++;
    this.#free = this.#free.filter(({ since }) => this.#takes - since <= IDLE_TAKES_MAX);
    const index = this.#free.findIndex(({ buffer }) => buffer.byteLength >= bytes);
    if (index >= 0 && this.#free[index].buffer.byteLength <= bytes * OVERSIZE_MAX) {
      return this.#free.splice(index, 1)[0].buffer;
    }
    // A multiple of 8 fits any typed array.
    return new SharedArrayBuffer(Math.ceil(bytes * (1 + SLACK) / 8) * 8);
  }

  give(buffer: SharedArrayBuffer): void {
    if (this.#free.some((free) => free.buffer === buffer)) return;
    if (this.#free.length === FREE_BUFFERS_MAX) this.#dropOldest();
    this.#free.push({ buffer, since: this.#takes });
    this.#free.sort((a, b) => a.buffer.byteLength - b.buffer.byteLength);
  }

  /** Whatever its size: the largest may be of a matrix that has shrunk. */
  #dropOldest(): void {
    const oldest = this.#free.reduce((a, b) => b.since < a.since ? b : a);
    this.#free = this.#free.filter((free) => free !== oldest);
  }
}
