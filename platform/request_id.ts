/** The id by which a request is found in several logs. Pure. */

/** `version-trace_id-parent_id-flags` of W3C Trace Context; later versions may append parts. */
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

const REQUEST_ID_CHARS_MAX = 128;

/** Trace id of a valid `traceparent`, else the beginning of `X-Request-Id`; undefined without. */
export function requestIdOf(headers: Headers): string | undefined {
  const trace = TRACEPARENT.exec(headers.get("traceparent") ?? "");
  if (trace !== null) return trace[1];
  const id = headers.get("x-request-id")?.trim() ?? "";
  return id === "" ? undefined : id.slice(0, REQUEST_ID_CHARS_MAX);
}
