/** Error answers as `application/problem+json` (RFC 9457). */
import { PROBLEM_CONTENT_TYPE, type ProblemAnswer } from "../contracts/mod.ts";
import { STATUS_TEXT, type StatusCode } from "./status_text.ts";

/** Prefix of every problem's `type`; the slug follows. */
export const PROBLEM_TYPE_PREFIX = "urn:fabric-telemetry:problem:";

export interface ProblemOptions {
  status: number;
  /** Kind of problem, lower case with hyphens: the last part of `type`. */
  slug: string;
  /** What happened, with the value, and what to do. */
  detail: string;
  /** Further members of the JSON object; they cannot replace the five standard ones. */
  extensions?: Record<string, unknown>;
  /** Further headers, for example `Allow` or `Retry-After`. */
  headers?: HeadersInit;
}

/**
 * An RFC 9457 answer of type `urn:fabric-telemetry:problem:<slug>`, titled by its status.
 *
 * ```ts
 * problem({ status: 404, slug: "unknown-switch", detail: "No switch sw-999: see ListMetrics" });
 * ```
 */
export function problem(options: ProblemOptions): Response {
  const standard: ProblemAnswer = {
    type: PROBLEM_TYPE_PREFIX + options.slug,
    title: STATUS_TEXT[options.status as StatusCode] ?? "Error",
    status: options.status,
    detail: options.detail,
  };
  // Twice: for the order, and so that extensions cannot replace them.
  const body: ProblemAnswer = { ...standard, ...options.extensions, ...standard };
  const headers = new Headers(options.headers);
  headers.set("content-type", PROBLEM_CONTENT_TYPE);
  // Without it, a shared cache may keep a 404, but the switch may exist after the next poll.
  if (!headers.has("cache-control")) headers.set("cache-control", "no-store");
  return new Response(JSON.stringify(body), { status: options.status, headers });
}
