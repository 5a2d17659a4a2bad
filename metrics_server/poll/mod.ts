/** Source → snapshots: exchange, schedule, retry, judgement of what came. */
export { addressOf } from "./address.ts";
export { giveWay } from "./give_way.ts";
export { ItemsDemand } from "./items_demand.ts";
export { Poller, type PollerConfig, type PollerWorld, type PollOutcome } from "./poller.ts";
export { emptyStats, type PollerStats, withoutCredentials } from "./poller_stats.ts";
export { fetchReader, type SourceReader } from "./source_reader.ts";
export { type PollSteps, tracePolls } from "./trace_polls.ts";
