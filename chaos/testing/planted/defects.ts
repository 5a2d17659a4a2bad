/** What is wrong with a planted cache, and which scenario has to find it by what. */
import type { Measure } from "../../vocabulary/mod.ts";

/** A defect as `DEFECT` names it. */
export type Defect =
  | "no_timeout"
  | "cleared_on_failure"
  | "age_reset_by_304"
  | "no_backoff"
  | "parse_blocks"
  | "torn_row_blanks_all"
  | "cut_body_accepted"
  | "unlabelled_stale"
  | "empty_on_failure"
  | "stands_still"
  | "socket_leak"
  | "breaker_stays_open";

/** What is meant to be found. */
export interface PlantedDefect {
  readonly defect: Defect;
  /** As a sentence about the cache. */
  readonly what: string;
  /** Scenario that is meant to find it. */
  readonly scenario: string;
  /** Measure whose condition has to be broken. */
  readonly by: Measure;
  /** What the sample that decided has to say. */
  readonly evidence: RegExp;
}

/** Every defect once. */
export const PLANTED: readonly PlantedDefect[] = [
  {
    defect: "no_timeout",
    what: "polls without a time-out",
    scenario: "hang",
    by: "detect_ms",
    evidence: /no poll failed in the/,
  },
  {
    defect: "cleared_on_failure",
    what: "is cleared when a poll fails",
    scenario: "outage",
    by: "probe_error_share",
    evidence: /503 .*no data/,
  },
  {
    defect: "age_reset_by_304",
    what: "calls data new because a 304 came",
    scenario: "etag-same",
    by: "unlabelled_stale",
    evidence: /the data was .* old/,
  },
  {
    defect: "no_backoff",
    what: "tries again at once for as long as polls fail",
    scenario: "storm",
    by: "retry_amplification",
    evidence: /attempts in .* expected/,
  },
  {
    defect: "parse_blocks",
    what: "parses bodies of any size on the thread that serves",
    scenario: "oversized-body",
    by: "p95_ratio",
    evidence: /load: p95 of/,
  },
  {
    defect: "torn_row_blanks_all",
    what: "drops every row because one is torn",
    scenario: "torn-rows-few",
    by: "probe_error_share",
    evidence: /404/,
  },
  {
    defect: "cut_body_accepted",
    what: "takes half a body for a whole one",
    scenario: "cut-body",
    by: "load_error_share",
    evidence: /load: .* requests failed/,
  },
  {
    defect: "unlabelled_stale",
    what: "tells the age of its last poll, also of one that failed",
    scenario: "outage",
    by: "unlabelled_stale",
    evidence: /the data was .* old/,
  },
  {
    defect: "empty_on_failure",
    what: "forgets all when a poll fails, and answers {} of age 0",
    scenario: "outage",
    by: "bad_data_accepted",
    evidence: /200 in .*age 0 ms; it has no value/,
  },
  {
    defect: "stands_still",
    what: "stands still for 900 ms of every 2 s while polls fail",
    scenario: "outage",
    by: "p95_ratio",
    // Most of it is waves that its users left out while they waited.
    evidence: /load: p95 of .* requests within 100 ms was [5-9]\d\d ms/,
  },
  {
    defect: "socket_leak",
    what: "keeps the socket of every poll that was reset",
    scenario: "resets",
    by: "socket_growth",
    evidence: /sockets before, .* sockets after/,
  },
  {
    defect: "breaker_stays_open",
    what: "stops polling after three failures, for good",
    scenario: "outage",
    by: "recover_ms",
    evidence: /200 in .* age/,
  },
];
