/** A load run: its plan, its counters and its result. */
import { ERROR_KINDS, type ErrorKind } from "./error_kinds.ts";
import type { Dial } from "./connection.ts";
import { LatencyHistogram, type LatencySummary } from "./latency_histogram.ts";
import { CONNECTIONS_MAX, DURATION_MS_MAX, RATE_PER_S_MAX, TARGETS_MAX } from "./limits.ts";
import type { Target } from "./request.ts";

/** Load on keep-alive connections, one outstanding request each. */
export interface LoadPlan {
  /** Sent in rotation by all connections together. */
  targets: readonly Target[];
  connections: number;
  /** Load before the measured window. Only its errors are counted. */
  warmup_ms: number;
  /** Length of the measured window. */
  duration_ms: number;
  response_timeout_ms?: number;
  /** Longer responses are counted as slow. Default: none is. */
  slow_ms?: number;
  /** Whether the response to `targets[target]` is as expected. Default: status 200. */
  check?: (status: number, target: number) => boolean;
}

/** Network and clock of a run. */
export interface LoadEnvironment {
  dial: Dial;
  /** Monotonic milliseconds. */
  now: () => number;
}

/** Result of one run, as JSON. Errors cover the whole run, everything else its window. */
export interface LoadResult {
  window_ms: number;
  /** Complete responses of any status. */
  responses: number;
  rate_per_s: number;
  latency: LatencySummary;
  /** Responses that took longer than {@link LoadPlan.slow_ms}. */
  slow: number;
  /** Responses by status. */
  statuses: Record<string, number>;
  /** Responses outside 200–299. */
  non_2xx: number;
  /** Responses that {@link LoadPlan.check} refused. */
  checks_failed: number;
  errors: Partial<Record<ErrorKind, number>>;
  errors_total: number;
  /** Connections reopened after an error or a close by the server. */
  reconnects: number;
  body_bytes: number;
  /** Open loop: arrivals dropped because the queue was full. */
  dropped: number;
  /** Open loop: delay between intended and actual start. Closed loop: null. */
  lag: LatencySummary | null;
}

/** @throws {RangeError} names the first value outside its bounds. */
export function assertLoadPlan(plan: LoadPlan & { rate_per_s?: number }): void {
  assertWithin("targets", plan.targets.length, 1, TARGETS_MAX);
  assertWithin("connections", plan.connections, 1, CONNECTIONS_MAX);
  assertWithin("warmup_ms", plan.warmup_ms, 0, DURATION_MS_MAX);
  assertWithin("duration_ms", plan.duration_ms, 1, DURATION_MS_MAX);
  if (plan.rate_per_s !== undefined) {
    assertWithin("rate_per_s", plan.rate_per_s, 1, RATE_PER_S_MAX);
  }
}

function assertWithin(name: string, value: number, min: number, max: number): void {
  if (!(value >= min && value <= max)) {
    throw new RangeError(`Cannot start the load: ${name} must be ${min}–${max}, got ${value}`);
  }
}

const STATUSES = 600;

/** Counters of a run in progress. Recording allocates nothing. */
export class Tally {
  readonly latency = new LatencyHistogram();
  readonly lag = new LatencyHistogram();
  body_bytes = 0;
  checks_failed = 0;
  reconnects = 0;
  dropped = 0;
  readonly #statuses = new Uint32Array(STATUSES);
  readonly #errors = new Map<ErrorKind, number>(ERROR_KINDS.map((kind) => [kind, 0]));

  constructor(readonly slow_ms = Infinity) {}

  /** Counts a complete response inside the window. */
  response(status: number, latency_ms: number, body_bytes: number, expected: boolean): void {
    this.latency.record(latency_ms);
    this.#statuses[status]++;
    this.body_bytes += body_bytes;
    if (!expected) this.checks_failed++;
  }

  error(kind: ErrorKind): void {
    this.#errors.set(kind, this.#errors.get(kind)! + 1);
  }

  result(window_ms: number, loop: "closed" | "open"): LoadResult {
    const statuses: Record<string, number> = {};
    let non_2xx = 0;
    this.#statuses.forEach((count, status) => {
      if (count === 0) return;
      statuses[status] = count;
      if (status < 200 || status > 299) non_2xx += count;
    });
    const errors = [...this.#errors].filter(([, count]) => count > 0);
    return {
      window_ms,
      responses: this.latency.count,
      rate_per_s: this.latency.count / window_ms * 1000,
      latency: this.latency.summary(),
      slow: this.latency.countOver(this.slow_ms),
      statuses,
      non_2xx,
      checks_failed: this.checks_failed,
      errors: Object.fromEntries(errors),
      errors_total: errors.reduce((total, [, count]) => total + count, 0),
      reconnects: this.reconnects,
      body_bytes: this.body_bytes,
      dropped: this.dropped,
      lag: loop === "open" ? this.lag.summary() : null,
    };
  }
}
