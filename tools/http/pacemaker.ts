/**
 * A clock tick below 1 ms for the open loop; `setTimeout` fires every 2 ms at best. A worker sleeps
 * in `Atomics.wait`, which uses the kernel's timer, and wakes the load thread.
 */

/** Message to the worker. */
export interface PacemakerMessage {
  /** Cell 0 counts the ticks; a value in cell 1 ends the worker. */
  cells: Int32Array<SharedArrayBuffer>;
  period_ms: number;
}

/** Ticks about every `period_ms` milliseconds; 0.25 results in ticks every 0.33 ms. */
export function startPacemaker(period_ms: number) {
  const cells = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(new URL("./pacemaker_worker.ts", import.meta.url), { type: "module" });
  worker.postMessage({ cells, period_ms } satisfies PacemakerMessage);
  return {
    /** Resolves at the next tick. */
    async tick(): Promise<void> {
      await Atomics.waitAsync(cells, 0, Atomics.load(cells, 0)).value;
    },
    // terminate() does not end a worker that sleeps in Atomics.wait.
    stop: () => void Atomics.store(cells, 1, 1),
  };
}
