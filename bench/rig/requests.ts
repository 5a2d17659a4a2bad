/** Requests of the loads: switches and metrics in rotation, so no response is constant. Pure. */
import { BASE_FIELDS, switchName } from "../../contracts/mod.ts";
import type { LoadOrder } from "./load_engines.ts";

const SWITCHES = 64;

/** GetMetric for 64 × 3 pairs; the 64 switches are spread evenly over `switches`. */
export function getMetricRequests(switches: number): LoadOrder["requests"] {
  const stride = Math.floor(switches / SWITCHES);
  return Array.from({ length: SWITCHES }, (_, i) => switchName(i * stride)).flatMap((id) =>
    BASE_FIELDS.map((metric) => ({
      path: `/telemetry/GetMetric?switch_id=${id}&metric=${metric}`,
    }))
  );
}

/** ListMetrics, conditional if an ETag is given. */
export function listMetricsRequest(etag?: string): LoadOrder["requests"] {
  const path = "/telemetry/ListMetrics";
  return [etag === undefined ? { path } : { path, headers: [["If-None-Match", etag]] }];
}
