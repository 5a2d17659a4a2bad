/** Number and duration of requests, by endpoint and status. */
import { addDurations, Durations } from "./durations.ts";
import type { Family, HistogramSample, Sample } from "./exposition.ts";
import type { SharedCells } from "./shared_cells.ts";

/** Statuses with their own series; all others share one. */
const STATUSES = [200, 101, 304, 400, 403, 404, 405, 410, 414, 499, 500, 503];
const OTHER_STATUS = STATUSES.length;
const FIRST_BYTE = OTHER_STATUS + 1;

/** Series of an endpoint: one per status, and one of the first bytes of its long bodies. */
const SLOTS = FIRST_BYTE + 1;

/** One thread's requests. Exactly one thread may record; any thread may read. */
export class RequestDurations {
  readonly durations: Durations;

  /** @param cells Cells of the thread that created the memory; new ones by default. */
  constructor(endpoints: number, cells?: SharedCells) {
    this.durations = new Durations(endpoints * SLOTS, cells);
  }

  /** Counts one request and how long it took. Allocates nothing. */
  record(endpoint: number, status: number, duration_ms: number): void {
    this.durations.record(seriesOf(endpoint, status), duration_ms);
  }

  /** Counts the first byte of a long body, and how long it took. */
  recordFirstByte(endpoint: number, duration_ms: number): void {
    this.durations.record(endpoint * SLOTS + FIRST_BYTE, duration_ms);
  }

  /** Counts one request that was not timed. */
  recordUntimed(endpoint: number, status: number): void {
    this.durations.recordUntimed(seriesOf(endpoint, status));
  }
}

/**
 * `…_http_requests_total` and `…_http_request_duration_seconds`, summed over all threads. Status
 * 200 has a series from the start, any other status from its first request on.
 */
export function requestFamilies(
  prefix: string,
  threads: readonly RequestDurations[],
  endpoints: readonly string[],
): Family[] {
  const requests: Sample[] = [];
  const histograms: HistogramSample[] = [];
  const durations = threads.map((thread) => thread.durations);
  endpoints.forEach((endpoint, index) => {
    for (let slot = 0; slot <= OTHER_STATUS; slot++) {
      const total = addDurations(durations, index * SLOTS + slot);
      if (total.events === 0 && slot > 0) continue;
      const code = slot === OTHER_STATUS ? "other" : String(STATUSES[slot]);
      const labels = { endpoint, code };
      requests.push({ labels, value: total.events });
      histograms.push({ labels, bounds: total.bounds_s, counts: total.counts, sum: total.sum_s });
    }
  });
  return [
    {
      name: `${prefix}_http_requests`,
      type: "counter",
      help: "Requests answered, by endpoint and status.",
      samples: requests,
    },
    {
      name: `${prefix}_http_request_duration_seconds`,
      type: "histogram",
      help:
        "Time from a request to the last byte of its answer, of the requests that were timed: " +
        "all if access lines are logged, else the first of each millisecond.",
      samples: histograms,
    },
  ];
}

/** `…_http_first_byte_seconds` of endpoints with long bodies, summed over all threads. */
export function firstByteFamily(
  prefix: string,
  threads: readonly RequestDurations[],
  endpoints: readonly string[],
  long: readonly number[],
): Family {
  const durations = threads.map((thread) => thread.durations);
  return {
    name: `${prefix}_http_first_byte_seconds`,
    type: "histogram",
    help: "Time from a request to the first byte of a long body, of the requests that were timed.",
    samples: long.map((endpoint) => {
      const { bounds_s, counts, sum_s } = addDurations(durations, endpoint * SLOTS + FIRST_BYTE);
      return { labels: { endpoint: endpoints[endpoint] }, bounds: bounds_s, counts, sum: sum_s };
    }),
  };
}

function seriesOf(endpoint: number, status: number): number {
  return endpoint * SLOTS + (status === 200 ? 0 : slotOf(status));
}

function slotOf(status: number): number {
  const slot = STATUSES.indexOf(status);
  return slot < 0 ? OTHER_STATUS : slot;
}
