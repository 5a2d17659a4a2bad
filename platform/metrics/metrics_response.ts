/** The answer to a scrape, in the format that its `Accept` prefers. */
import { accepts } from "../negotiation.ts";
import { type ExpositionFormat, type Family, writeMetrics } from "./exposition.ts";

export const EXPOSITION_CONTENT_TYPES: Record<ExpositionFormat, string> = {
  prometheus: "text/plain; version=0.0.4; charset=utf-8",
  openmetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8",
};

const encoder = new TextEncoder();

const OPENMETRICS = "application/openmetrics-text;version=1.0.0;charset=utf-8";

/** OpenMetrics if the scraper prefers it, else Prometheus' text format. */
export function expositionFormat(request: Pick<Request, "headers">): ExpositionFormat {
  const wanted = accepts(request, "text/plain;version=0.0.4;charset=utf-8", OPENMETRICS);
  return wanted === OPENMETRICS ? "openmetrics" : "prometheus";
}

export function metricsHeaders(format: ExpositionFormat): Headers {
  return new Headers({
    "content-type": EXPOSITION_CONTENT_TYPES[format],
    "cache-control": "no-store",
    vary: "accept",
  });
}

export function metricsResponse(
  request: Pick<Request, "headers" | "method">,
  families: readonly Family[],
): Response {
  const format = expositionFormat(request);
  const body = encoder.encode(writeMetrics(families, format));
  const headers = metricsHeaders(format);
  headers.set("content-length", String(body.length));
  return new Response(request.method === "HEAD" ? null : body, { headers });
}
