/**
 * A tick finer than a timer's: `setTimeout` comes every 2 ms at best, which would hide in every
 * latency of an open loop. A worker sleeps in `Atomics.wait`, whose time is the kernel's, and wakes
 * the thread that drives the load.
 */

/** A source of ticks; {@link stop} ends its worker. */
export interface Pacemaker {
  /** Resolves at the next tick. */
  tick(): Promise<unknown>;
  stop(): void;
}

/** What the worker is given. */
export interface PacemakerOrders {
  /** Cell 0 is counted up at each tick; the worker ends once cell 1 is not 0. */
  cells: Int32Array<SharedArrayBuffer>;
  period_ms: number;
}

/** Starts ticking about every `period_ms` milliseconds (0.25 gives ticks 0.33 ms apart). */
export function startPacemaker(period_ms: number): Pacemaker {
  const cells = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  const worker = new Worker(new URL("./pacemaker_worker.ts", import.meta.url), { type: "module" });
  worker.postMessage({ cells, period_ms } satisfies PacemakerOrders);
  return {
    async tick() {
      await Atomics.waitAsync(cells, 0, Atomics.load(cells, 0)).value;
    },
    // Not terminate(): it does not end a worker that sleeps in Atomics.wait.
    stop: () => void Atomics.store(cells, 1, 1),
  };
}
