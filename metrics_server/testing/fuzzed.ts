/** What the fuzzer feeds: the poller, its reader and its snapshots. */
export { fetchReader, Poller, type PollerStats, type PollOutcome } from "../poll/mod.ts";
export { decodeEntry } from "../saved/mod.ts";
export { AUTO_TIMES, type SnapshotData } from "../snapshot/mod.ts";
