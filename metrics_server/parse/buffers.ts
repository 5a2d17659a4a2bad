/**
 * Shared memory for bodies, cells, ids and items. It is reused, because it is collected late: only
 * when the garbage collectors of all threads have dropped it, and these do not see its size.
 */

/** What memory is for. Memory is reused for the same use only, so that its size fits. */
export type BufferUse = "body" | "cells" | "ids" | "rows" | "items";

/** Source of shared memory. A buffer taken may hold old bytes. */
export interface Buffers {
  /** Memory of at least `bytes`. */
  take(bytes: number, use: BufferUse): SharedArrayBuffer;
  /** Gives back memory that no thread reads any more. */
  give(buffer: SharedArrayBuffer): void;
}

/** New memory each time, left to the garbage collector. */
export const FRESH_BUFFERS: Buffers = {
  take: (bytes) => new SharedArrayBuffer(bytes),
  give: () => {},
};

/** Most free buffers of one use: starts, times (two) and offsets of three snapshots. */
export const FREE_BUFFERS_MAX = 12;

/** Sizes of new memory are 64 KiB × 4^n up to 256 MiB. Memory not written to takes no space. */
const SIZE_MIN = 64 * 1024;
const SIZE_STEP = 4;
const SIZE_MAX = 256 * 1024 * 1024;

/** Slack of longer memory, so that a slightly longer body still fits. */
const SLACK = 1 / 16;

/** Takes of a use after which a buffer not needed meanwhile is dropped, one at a time. */
const IDLE_TAKES_MAX = 64;

interface Free {
  readonly buffer: SharedArrayBuffer;
  /** Takes when it was given back. */
  readonly since: number;
}

/**
 * Keeps buffers that were given back. A source that changes the size of its bodies cannot make it
 * allocate more and more: any free buffer that is large enough is taken, and new memory replaces a
 * smaller free one.
 */
export class BufferPool implements Buffers {
  /** Free buffers of each use, the smallest first. */
  readonly #free = new Map<BufferUse, Free[]>();
  readonly #takes = new Map<BufferUse, number>();
  readonly #uses = new WeakMap<SharedArrayBuffer, BufferUse>();

  take(bytes: number, use: BufferUse): SharedArrayBuffer {
    const takes = (this.#takes.get(use) ?? 0) + 1;
    this.#takes.set(use, takes);
    const free = this.#free.get(use) ?? [];
    const at = free.findIndex(({ buffer }) => buffer.byteLength >= bytes);
    if (at >= 0) {
      const [{ buffer }] = free.splice(at, 1);
      const idle = free.findIndex(({ since }) => takes - since >= IDLE_TAKES_MAX);
      if (idle >= 0) free.splice(idle, 1);
      return buffer;
    }
    free.pop();
    const buffer = new SharedArrayBuffer(sizeFor(bytes));
    this.#uses.set(buffer, use);
    return buffer;
  }

  give(buffer: SharedArrayBuffer): void {
    const use = this.#uses.get(buffer);
    if (use === undefined) return;
    const free = this.#free.get(use) ?? [];
    this.#free.set(use, free);
    if (free.some((other) => other.buffer === buffer)) return;
    free.push({ buffer, since: this.#takes.get(use)! });
    free.sort((a, b) => a.buffer.byteLength - b.buffer.byteLength);
    if (free.length > FREE_BUFFERS_MAX) free.shift();
  }
}

function sizeFor(bytes: number): number {
  let size = SIZE_MIN;
  while (size < bytes && size < SIZE_MAX) size *= SIZE_STEP;
  // A multiple of 8 fits any typed array.
  return size >= bytes ? size : Math.ceil(bytes * (1 + SLACK) / 8) * 8;
}

/** The memory that one body takes, to give it all back if the body is refused. */
export class LentBuffers implements Buffers {
  readonly #lent = new Set<SharedArrayBuffer>();

  constructor(readonly from: Buffers) {}

  take(bytes: number, use: BufferUse): SharedArrayBuffer {
    const buffer = this.from.take(bytes, use);
    this.#lent.add(buffer);
    return buffer;
  }

  give(buffer: SharedArrayBuffer): void {
    if (this.#lent.delete(buffer)) this.from.give(buffer);
  }

  /** Gives back all that `used` does not name. */
  giveAll(used: ReadonlySet<SharedArrayBuffer> = new Set()): void {
    for (const buffer of this.#lent) if (!used.has(buffer)) this.give(buffer);
  }
}
