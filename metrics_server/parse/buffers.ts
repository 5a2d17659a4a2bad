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

/**
 * Sizes of new memory are 64 KiB × 4^n up to 4 MiB, and the pool's longest size. Memory not written
 * to takes no space, so long buffers fit every long body from the start.
 */
const SIZE_MIN = 64 * 1024;
const SIZE_STEP = 4;
const SIZE_STEPPED_MAX = 4 * 1024 * 1024;

/** Longest size of a pool, because longer memory is seldom needed. */
export const BUFFER_BYTES_MAX = 256 * 1024 * 1024;

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
 * use more and more memory: a body takes the buffer that has to grow least, and if several need
 * not grow, the least used.
 */
export class BufferPool implements Buffers {
  /** Free buffers of each use. */
  readonly #free = new Map<BufferUse, Free[]>();
  readonly #takes = new Map<BufferUse, number>();
  /** What each buffer is for, and the most bytes of it that were in use. */
  readonly #known = new WeakMap<SharedArrayBuffer, { use: BufferUse; used_bytes: number }>();

  /** @param size_max Size of long buffers. Memory that is longer still has its own size. */
  constructor(readonly size_max = BUFFER_BYTES_MAX) {}

  take(bytes: number, use: BufferUse): SharedArrayBuffer {
    const takes = (this.#takes.get(use) ?? 0) + 1;
    this.#takes.set(use, takes);
    const free = this.#free.get(use) ?? [];
    const buffer = this.#best(free, bytes) ?? this.#allocate(free, bytes, use);
    const known = this.#known.get(buffer)!;
    known.used_bytes = Math.max(known.used_bytes, bytes);
    const idle = free.findIndex(({ since }) => takes - since >= IDLE_TAKES_MAX);
    if (idle >= 0) free.splice(idle, 1);
    return buffer;
  }

  give(buffer: SharedArrayBuffer): void {
    const known = this.#known.get(buffer);
    if (known === undefined) return;
    const { use } = known;
    const free = this.#free.get(use) ?? [];
    this.#free.set(use, free);
    if (free.some((other) => other.buffer === buffer)) return;
    free.push({ buffer, since: this.#takes.get(use)! });
    free.sort((a, b) => this.#usedOf(a) - this.#usedOf(b));
    if (free.length > FREE_BUFFERS_MAX) free.shift();
  }

  /** The least used buffer of those used as far as `bytes`, else the one used most. */
  #best(free: Free[], bytes: number): SharedArrayBuffer | undefined {
    const fit = (entry: Free) => entry.buffer.byteLength >= bytes;
    const used = free.findIndex((entry) => fit(entry) && this.#usedOf(entry) >= bytes);
    const at = used >= 0 ? used : free.findLastIndex(fit);
    return at < 0 ? undefined : free.splice(at, 1)[0].buffer;
  }

  /** New memory, in place of the largest free buffer, which is too small. */
  #allocate(free: Free[], bytes: number, use: BufferUse): SharedArrayBuffer {
    free.pop();
    const buffer = new SharedArrayBuffer(this.#sizeFor(bytes));
    this.#known.set(buffer, { use, used_bytes: 0 });
    return buffer;
  }

  #usedOf({ buffer }: Free): number {
    return this.#known.get(buffer)!.used_bytes;
  }

  #sizeFor(bytes: number): number {
    let size = SIZE_MIN;
    while (size < bytes && size < SIZE_STEPPED_MAX) size *= SIZE_STEP;
    if (size < bytes) size = bytes <= this.size_max ? this.size_max : bytes * (1 + SLACK);
    // A multiple of 8 fits any typed array.
    return Math.ceil(size / 8) * 8;
  }
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
