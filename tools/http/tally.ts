/** Counts what one run saw. Recording allocates nothing. */
import { ERROR_KINDS, type ErrorKind } from "./error_kinds.ts";
import { LatencyHistogram, type LatencySummary } from "./latency_histogram.ts";

const STATUSES = 600;

/** Outcome of one run, as JSON. Errors are counted over the whole run, the rest in its window. */
export interface LoadResult {
  /** Length of the window that was measured. */
  window_ms: number;
  /** Whole answers, whatever their status. */
  responses: number;
  rate_per_s: number;
  latency: LatencySummary;
  /** Answers by status. */
  statuses: Record<string, number>;
  /** Answers outside 200–299. */
  non_2xx: number;
  /** Answers the run's check refused: by default those of another status than expected. */
  checks_failed: number;
  errors: Partial<Record<ErrorKind, number>>;
  errors_total: number;
  /** Connections opened again, after an error or because the server closed them. */
  reconnects: number;
  body_bytes: number;
  /** Open loop: arrivals that found the queue full. */
  dropped: number;
  /** Open loop: how late requests left after their intended start; null in a closed loop. */
  lag: LatencySummary | null;
}

/** Counters of a run in progress. */
export class Tally {
  readonly latency = new LatencyHistogram();
  readonly lag = new LatencyHistogram();
  body_bytes = 0;
  checks_failed = 0;
  reconnects = 0;
  dropped = 0;
  readonly #statuses = new Uint32Array(STATUSES);
  readonly #errors = new Map<ErrorKind, number>(ERROR_KINDS.map((kind) => [kind, 0]));

  /** One whole answer inside the window. */
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
