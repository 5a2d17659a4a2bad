/** Endpoints as the access log and `/stats` name them; the index is what the hot path carries. */
export const ENDPOINTS = [
  "GetMetric",
  "ListMetrics",
  "stats",
  "healthz",
  "readyz",
  "metrics",
  "fabric_metrics",
  "stream",
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
export const OTHER = 8;

/** Path of each endpoint. */
export const PATHS: ReadonlyMap<string, number> = new Map([
  ["/telemetry/GetMetric", GET_METRIC],
  ["/telemetry/ListMetrics", LIST_METRICS],
  ["/telemetry/stream", STREAM],
  ["/stats", STATS],
  ["/healthz", HEALTHZ],
  ["/readyz", READYZ],
  ["/metrics", METRICS],
  ["/metrics/fabric", FABRIC_METRICS],
]);
