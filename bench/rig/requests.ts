/** What is asked for: every switch and metric in turn, so that no answer can be a constant. Pure. */
import { BASE_FIELDS, switchName } from "../../contracts/mod.ts";
import type { LoadOrder } from "./load_order.ts";

/** Switches the requests go round. */
export const SWITCHES_ASKED = 64;

/**
 * GetMetric for 64 switches × 3 metrics, the switches evenly spread over `switches`.
 *
 * ```ts
 * getMetricRequests(64)[0].path; // "/telemetry/GetMetric?switch_id=sw-000&metric=bandwidth_gbps"
 * ```
 */
export function getMetricRequests(switches: number): LoadOrder["requests"] {
  const stride = Math.floor(switches / SWITCHES_ASKED);
  return Array.from({ length: SWITCHES_ASKED }, (_, i) => switchName(i * stride)).flatMap((id) =>
    BASE_FIELDS.map((metric) => ({
      path: `/telemetry/GetMetric?switch_id=${id}&metric=${metric}`,
    }))
  );
}

/** ListMetrics; with an ETag it asks for what is newer. */
export function listMetricsRequest(etag?: string): LoadOrder["requests"] {
  const path = "/telemetry/ListMetrics";
  return [etag === undefined ? { path } : { path, headers: [["If-None-Match", etag]] }];
}
