/** Replicas of one source that share a Redis: one polls, all serve the same snapshots. */
export { Leaderships } from "./leaderships.ts";
export { JOIN_MS_MAX, Replica } from "./replica.ts";
export { LEASE_MS_MAX } from "./scripts.ts";
export { sharedStore } from "./shared_store.ts";
