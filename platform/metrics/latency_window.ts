/** The newest latencies per endpoint: each thread writes its own, `/stats` merges them. */
import type { LatencyStats } from "../../contracts/mod.ts";
import { percentile } from "./percentile.ts";
import { type SharedCells, sharedCells } from "./shared_cells.ts";

/** Latencies kept per endpoint and thread; newer ones overwrite the oldest. */
const LATENCY_WINDOW_SAMPLES = 1_000;

/** Cells of an endpoint: requests and samples since the start, then the samples as a ring. */
const REQUESTS = 0;
const SAMPLES = 1;
const RING = 2;
const ENDPOINT_CELLS = RING + LATENCY_WINDOW_SAMPLES;

/**
 * One thread's latencies. Exactly one thread may call {@link record}; any thread may read.
 *
 * A reader may see a count before its newest sample: at most one sample of
 * {@link LATENCY_WINDOW_SAMPLES} is then out of date.
 *
 * ```ts
 * const window = new LatencyWindow(2);
 * window.record(0, 1.25);
 * mergeLatency([window], 0).p50_ms; // 1.25
 * ```
 */
export class LatencyWindow {
  /** Next slot of each endpoint's ring; kept, because a remainder costs more. */
  readonly #next_slot: Uint32Array;
  readonly #cells: SharedCells;

  /**
   * @param cells Cells of the thread that created the window; new ones by default.
   * @throws {RangeError} `endpoints` is not a positive integer.
   */
  constructor(readonly endpoints: number, readonly cells = cellsOf(endpoints)) {
    this.#cells = cells;
    this.#next_slot = Uint32Array.from(
      { length: endpoints },
      (_, endpoint) => this.#samples(endpoint) % LATENCY_WINDOW_SAMPLES,
    );
  }

  /** Counts one request and adds its latency. Allocates nothing. Ignores an unknown endpoint. */
  record(endpoint: number, latency_ms: number): void {
    if (!(endpoint < this.endpoints)) return;
    const base = endpoint * ENDPOINT_CELLS;
    const slot = this.#next_slot[endpoint];
    this.#cells[base + RING + slot] = latency_ms;
    this.#cells[base + REQUESTS]++;
    this.#cells[base + SAMPLES]++;
    this.#next_slot[endpoint] = slot + 1 === LATENCY_WINDOW_SAMPLES ? 0 : slot + 1;
  }

  /** Counts one request that was not timed. */
  recordUntimed(endpoint: number): void {
    if (endpoint < this.endpoints) this.#cells[endpoint * ENDPOINT_CELLS + REQUESTS]++;
  }

  count(endpoint: number): number {
    return this.#cells[endpoint * ENDPOINT_CELLS + REQUESTS];
  }

  /** Samples available: at most {@link LATENCY_WINDOW_SAMPLES}. */
  sampleCount(endpoint: number): number {
    return Math.min(this.#samples(endpoint), LATENCY_WINDOW_SAMPLES);
  }

  /** Copies the newest latencies, at most `wanted`, to `into[at…]`, newest first. */
  copyNewest(endpoint: number, wanted: number, into: Float64Array, at: number): void {
    const base = endpoint * ENDPOINT_CELLS;
    const written = this.#samples(endpoint);
    const copied = Math.min(wanted, written, LATENCY_WINDOW_SAMPLES);
    for (let age = 1; age <= copied; age++) {
      into[at + age - 1] = this.#cells[base + RING + (written - age) % LATENCY_WINDOW_SAMPLES];
    }
  }

  #samples(endpoint: number): number {
    return this.#cells[endpoint * ENDPOINT_CELLS + SAMPLES];
  }
}

function cellsOf(endpoints: number): SharedCells {
  if (!Number.isInteger(endpoints) || endpoints < 1) {
    throw new RangeError(`Cannot create a latency window: ${endpoints} endpoints, must be ≥ 1`);
  }
  return sharedCells(endpoints * ENDPOINT_CELLS);
}

/**
 * Latency of one endpoint over the newest {@link LATENCY_WINDOW_SAMPLES} samples of all windows
 * together. Each window contributes an equal share; busier windows fill the share of a quiet one.
 */
export function mergeLatency(windows: readonly LatencyWindow[], endpoint: number): LatencyStats {
  const quiet_first = windows
    .map((window) => ({ window, available: window.sampleCount(endpoint) }))
    .sort((a, b) => a.available - b.available);
  const samples = new Float64Array(LATENCY_WINDOW_SAMPLES);
  let count = 0;
  let taken = 0;
  quiet_first.forEach(({ window, available }, index) => {
    const share = Math.floor((LATENCY_WINDOW_SAMPLES - taken) / (quiet_first.length - index));
    const take = Math.min(available, share);
    window.copyNewest(endpoint, take, samples, taken);
    count += window.count(endpoint);
    taken += take;
  });
  if (taken === 0) {
    return { count, samples: 0, p50_ms: null, p95_ms: null, p99_ms: null, max_ms: null };
  }
  const sorted = samples.subarray(0, taken).sort();
  return {
    count,
    samples: taken,
    p50_ms: percentile(sorted, 50),
    p95_ms: percentile(sorted, 95),
    p99_ms: percentile(sorted, 99),
    max_ms: sorted[taken - 1],
  };
}
