/** Source → snapshots: exchange, schedule, retries, acceptance. */
export { CIRCUIT_OPENS_AFTER } from "./backoff.ts";
export { ClockWatch } from "./clock_watch.ts";
export { formatOfBody, textOfBody } from "./body_text.ts";
export { areIntervals, dataInterval, INTERVALS_MAX } from "./data_interval.ts";
export { type AnswerTimes, answerTimes, dataTime } from "./data_time.ts";
export { paceWork } from "./pacing.ts";
export { PollError } from "./poll_error.ts";
export { Poller } from "./poller.ts";
export { emptyStats, type PollerStats } from "./poller_stats.ts";
export type {
  Origin,
  PollerConfig,
  PollerWorld,
  PollOutcome,
  SavedSnapshot,
} from "./poller_world.ts";
export { NO_ACCESS, openSourceAccess, type SourceAccess, SourceClient } from "./source_client.ts";
export { fetchReader, type Send, type SourceReader, type TimeoutSignal } from "./source_reader.ts";
export { savedSnapshot } from "./poller_world.ts";
export { addressOf } from "./source_url.ts";
export { type PollSteps, tracePolls } from "./trace_polls.ts";
