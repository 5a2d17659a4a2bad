/** What crosses a wire between the services and their clients. No I/O. */
export * from "./answers.ts";
export * from "./columns.ts";
export * from "./csv.ts";
export * from "./events.ts";
export * from "./headers.ts";
export * from "./poll.ts";
export * from "./shard.ts";
export * from "./snapshot_id.ts";
export * from "./version.ts";
