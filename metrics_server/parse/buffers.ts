/**
 * Shared memory for bodies, cells and items. It is reused, because it is collected late: only when
 * the garbage collectors of all threads have dropped it.
 */

/** Source of shared memory. A buffer taken may hold old bytes. */
export interface Buffers {
  /** Memory of at least `bytes`. */
  take(bytes: number): SharedArrayBuffer;
  /** Gives back memory that no thread reads any more. */
  give(buffer: SharedArrayBuffer): void;
}

/** New memory each time, left to the garbage collector. */
export const FRESH_BUFFERS: Buffers = {
  take: (bytes) => new SharedArrayBuffer(bytes),
  give: () => {},
};

/** Free buffers kept by a pool: body, cells, row times (two), items of three snapshots. */
export const FREE_BUFFERS_MAX = 15;

/** Slack of new memory, so that a slightly longer body still fits. */
const SLACK = 1 / 16;

/** A buffer larger than this many times the need is not taken. */
const OVERSIZE_MAX = 1.5;

/** Takes after which an unused buffer is dropped. */
const IDLE_TAKES_MAX = 24;

/** Keeps the {@link FREE_BUFFERS_MAX} buffers given back last, while they are of use. */
export class BufferPool implements Buffers {
  /** Ordered by size. `since`: count of takes when it was given back. */
  #free: { readonly buffer: SharedArrayBuffer; readonly since: number }[] = [];
  #takes = 0;

  /** The smallest free buffer that fits, else new memory with some slack. */
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

  /** Any size: the largest may belong to a matrix that has shrunk. */
  #dropOldest(): void {
    const oldest = this.#free.reduce((a, b) => b.since < a.since ? b : a);
    this.#free = this.#free.filter((free) => free !== oldest);
  }
}
