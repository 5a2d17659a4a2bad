/** Source → snapshots: exchange, schedule, retry, judgement of what came. */
export * from "./accept.ts";
export * from "./backoff.ts";
export * from "./poll_error.ts";
export * from "./poller.ts";
export * from "./source_reader.ts";
export * from "./poller_stats.ts";
export * from "./items_demand.ts";
