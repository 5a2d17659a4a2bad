/**
 * HTTP/1.1 client for measurements on raw sockets.
 *
 * Keep-alive, one outstanding request per connection, errors counted by kind, latencies in a
 * histogram. A closed loop loads a server as fast as it responds, an open loop at a constant rate.
 */
export { runClosedLoop } from "./closed_loop.ts";
export {
  type ConnectionOptions,
  type Dial,
  HttpConnection,
  monotonicNow,
  type Socket,
  tcpDial,
} from "./connection.ts";
export { ERROR_KINDS, type ErrorKind } from "./error_kinds.ts";
export { fetchJson, fetchRaw, type RawAnswer } from "./fetch_raw.ts";
export { LatencyHistogram, type LatencySummary } from "./latency_histogram.ts";
export type { LoadEnvironment, LoadPlan, LoadResult } from "./load.ts";
export { type OpenLoopPlan, runOpenLoop } from "./open_loop.ts";
export { startPacemaker } from "./pacemaker.ts";
export { buildRequest, type RequestParts, type Target } from "./request.ts";
export { ResponseParser, type ResponseSink } from "./response_parser.ts";
