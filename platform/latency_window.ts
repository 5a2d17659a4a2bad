/**
 * The newest latencies of each endpoint, in memory that threads share: each serving thread writes
 * its own window, and whoever answers `/stats` merges them.
 */
import type { LatencyStats } from "../contracts/mod.ts";
import { percentile } from "./percentile.ts";

/** Latencies kept for each endpoint of a window; older ones are overwritten. */
export const LATENCY_WINDOW_SAMPLES = 1_000;

/** Where an endpoint's cells are: requests and samples since the start, then the samples as a ring. */
const REQUESTS = 0;
const SAMPLES = 1;
const RING = 2;
const ENDPOINT_CELLS = RING + LATENCY_WINDOW_SAMPLES;

/**
 * One thread's latencies. Exactly one thread may call {@link record}; any thread may read.
 *
 * The memory is not locked: a reader can see a count without its newest sample (then the slot
 * still holds the oldest one), so at worst one sample of {@link LATENCY_WINDOW_SAMPLES} is stale.
 *
 * ```ts
 * const window = LatencyWindow.create(2);
 * window.record(0, 1.25);
 * mergeLatency([window], 0).p50_ms; // 1.25
 * ```
 */
export class LatencyWindow {
  /** The memory behind this window: hand it to another thread and {@link attach} there. */
  readonly buffer: SharedArrayBuffer;
  /** Number of endpoints this window has room for. */
  readonly endpoints: number;
  readonly #cells: Float64Array;
  /** Next slot of each endpoint: an integer remainder kept instead of dividing the count. */
  readonly #next_slot: Uint32Array;

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#cells = new Float64Array(buffer);
    this.endpoints = this.#cells.length / ENDPOINT_CELLS;
    this.#next_slot = new Uint32Array(this.endpoints);
    for (let endpoint = 0; endpoint < this.endpoints; endpoint++) {
      this.#next_slot[endpoint] = this.#samples(endpoint) % LATENCY_WINDOW_SAMPLES;
    }
  }

  /** A new, empty window for endpoints 0 … `endpoints` − 1. */
  static create(endpoints: number): LatencyWindow {
    if (!Number.isInteger(endpoints) || endpoints < 1) {
      throw new RangeError(`Cannot create a latency window: ${endpoints} endpoints, must be ≥ 1`);
    }
    const bytes = endpoints * ENDPOINT_CELLS * Float64Array.BYTES_PER_ELEMENT;
    return new LatencyWindow(new SharedArrayBuffer(bytes));
  }

  /** The window another thread created. */
  static attach(buffer: SharedArrayBuffer): LatencyWindow {
    return new LatencyWindow(buffer);
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

  /** Requests since the start, timed or not. */
  count(endpoint: number): number {
    return this.#cells[endpoint * ENDPOINT_CELLS + REQUESTS];
  }

  /** Samples to be had: at most {@link LATENCY_WINDOW_SAMPLES}. */
  sampleCount(endpoint: number): number {
    return Math.min(this.#samples(endpoint), LATENCY_WINDOW_SAMPLES);
  }

  /** Copies the newest `wanted` latencies (fewer where there are fewer) to `into`, newest first. */
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

/**
 * Latency of one endpoint over the newest {@link LATENCY_WINDOW_SAMPLES} samples of all windows
 * together. Each window gives an equal share; what a quiet one cannot give, the busier ones do.
 */
export function mergeLatency(
  windows: readonly LatencyWindow[],
  endpoint: number,
): LatencyStats {
  const quiet_first = windows
    .map((window) => ({ window, available: window.sampleCount(endpoint) }))
    .sort((a, b) => a.available - b.available);
  const samples = new Float64Array(LATENCY_WINDOW_SAMPLES);
  let count = 0;
  let taken = 0;
  quiet_first.forEach((held, index) => {
    const share = Math.floor((LATENCY_WINDOW_SAMPLES - taken) / (quiet_first.length - index));
    const take = Math.min(held.available, share);
    held.window.copyNewest(endpoint, take, samples, taken);
    count += held.window.count(endpoint);
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
