/** Endpoints of the service. */
import { HEADER_DATA_AGE_MS, idOfEtag } from "../../contracts/mod.ts";
import { type AnswerTrace, hostOf, splitUrl } from "../../platform/mod.ts";

export const ENDPOINTS = [
  "GetMetric",
  "ListMetrics",
  "stats",
  "healthz",
  "readyz",
  "metrics",
  "fabric_metrics",
  "stream",
  "columns",
  "other",
] as const;

export const GET_METRIC = 0;
export const LIST_METRICS = 1;
export const STATS = 2;
export const HEALTHZ = 3;
export const READYZ = 4;
export const METRICS = 5;
export const FABRIC_METRICS = 6;
export const STREAM = 7;
export const COLUMNS = 8;
export const OTHER = 9;

/** Endpoints with bodies so long that the first byte and the last are timed. */
export const LONG_ENDPOINTS = [LIST_METRICS, FABRIC_METRICS];

/** Latencies kept: of each endpoint, then of the first bytes of its long bodies. */
export const LATENCIES = ENDPOINTS.length * 2;

/** Index of the latency to the first byte. */
export function firstByteOf(endpoint: number): number {
  return ENDPOINTS.length + endpoint;
}

/** Endpoint index of each path. */
export const PATHS: ReadonlyMap<string, number> = new Map([
  ["/telemetry/GetMetric", GET_METRIC],
  ["/telemetry/ListMetrics", LIST_METRICS],
  ["/telemetry/stream", STREAM],
  ["/telemetry/columns", COLUMNS],
  ["/stats", STATS],
  ["/healthz", HEALTHZ],
  ["/readyz", READYZ],
  ["/metrics", METRICS],
  ["/metrics/fabric", FABRIC_METRICS],
]);

/** Span attributes of a response, read from its headers. */
export function answerTrace(request: Request, { headers }: Response): AnswerTrace {
  const [path] = splitUrl(request.url);
  const age = headers.get(HEADER_DATA_AGE_MS);
  return {
    route: PATHS.has(path) && hostOf(request) !== null ? path : null,
    // Files of the dashboard have an ETag but no age.
    snapshot_id: age === null ? null : idOfEtag(headers.get("etag")),
    age_ms: age === null ? NaN : Number(age),
  };
}
