/**
 * HTTP/1.1 client for measuring: raw sockets, keep-alive, one outstanding request a connection,
 * errors counted by kind, latencies in a histogram. Closed loop and open loop.
 */
export { runClosedLoop } from "./closed_loop.ts";
export { type ConnectionOptions, HttpConnection } from "./connection.ts";
export { ERROR_KINDS, type ErrorKind } from "./error_kinds.ts";
export { fetchJson, fetchRaw, type RawAnswer } from "./fetch_raw.ts";
export { LATENCY_ERROR_MAX, LatencyHistogram, type LatencySummary } from "./latency_histogram.ts";
export type { LoadEnvironment, LoadPlan } from "./load_plan.ts";
export { type OpenLoopEnvironment, type OpenLoopPlan, runOpenLoop } from "./open_loop.ts";
export { type Pacemaker, startPacemaker } from "./pacemaker.ts";
export { buildRequest, type RequestParts, type Target } from "./request.ts";
export { ResponseParser, type ResponseSink } from "./response_parser.ts";
export { type Dial, monotonicNow, type Socket, tcpDial } from "./socket.ts";
export type { LoadResult } from "./tally.ts";
