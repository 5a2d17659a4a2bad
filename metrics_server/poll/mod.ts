/** Source → snapshots: exchange, schedule, retries, acceptance. */
export { formatOfBody, textOfBody } from "./body_text.ts";
export { paceWork } from "./pacing.ts";
export { PollError } from "./poll_error.ts";
export {
  emptyStats,
  Poller,
  type PollerConfig,
  type PollerStats,
  type PollerWorld,
  type PollOutcome,
} from "./poller.ts";
export { fetchReader } from "./source_reader.ts";
export { addressOf } from "./source_url.ts";
export { tracePolls } from "./trace_polls.ts";
