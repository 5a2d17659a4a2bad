/** What both routes for Prometheus answer. */
import { HEADER_DATA_AGE_MS } from "../../contracts/mod.ts";
import { EXPOSITION_CONTENT_TYPES } from "../../platform/mod.ts";
import { type HeaderName, headersOf } from "./headers.ts";
import type { ResponseObject } from "./types.ts";

const TEXT = { type: "string" };

/** The families, in the format that was asked for. */
export const EXPOSITION: ResponseObject = exposition([]);

/** The same of the telemetry: with its age and its snapshot's ETag, once there is any. */
export const FABRIC_EXPOSITION: ResponseObject = exposition([HEADER_DATA_AGE_MS, "etag"]);

function exposition(at_times: readonly HeaderName[]): ResponseObject {
  return {
    description: "Prometheus' text format, or OpenMetrics for who prefers it in `Accept`.",
    headers: headersOf(["cache-control", "vary"], at_times),
    content: {
      [EXPOSITION_CONTENT_TYPES.prometheus]: { schema: TEXT },
      [EXPOSITION_CONTENT_TYPES.openmetrics]: { schema: TEXT },
    },
  };
}
