/** What both routes for Prometheus answer. */
import { EXPOSITION_CONTENT_TYPES } from "../../platform/mod.ts";
import { headersOf } from "./headers.ts";
import type { ResponseObject } from "./types.ts";

const TEXT = { type: "string" };

/** The families, in the format that was asked for. */
export const EXPOSITION: ResponseObject = {
  description: "Prometheus' text format, or OpenMetrics for who prefers it in `Accept`.",
  headers: headersOf(["cache-control", "vary"]),
  content: {
    [EXPOSITION_CONTENT_TYPES.prometheus]: { schema: TEXT },
    [EXPOSITION_CONTENT_TYPES.openmetrics]: { schema: TEXT },
  },
};
