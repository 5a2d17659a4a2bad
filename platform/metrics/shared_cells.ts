/** Counters in shared memory: one thread writes them, any thread reads them, without a lock. */
export type SharedCells = Float64Array<SharedArrayBuffer>;

/** New cells, all 0. A message carries them to another thread, which then sees the same memory. */
export function sharedCells(count: number): SharedCells {
  return new Float64Array(new SharedArrayBuffer(count * Float64Array.BYTES_PER_ELEMENT));
}
