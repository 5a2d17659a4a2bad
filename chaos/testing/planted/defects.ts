/** The defects of the planted cache, and the scenario and measure that find each. */
import type { Measure } from "../../vocabulary/mod.ts";
import type { PAIRED } from "./paired_defects.ts";

interface PlantedDefect {
  readonly defect: string;
  /** Completes "a cache that …". */
  readonly what: string;
  readonly scenario: string;
  readonly by: Measure;
  /** Matches the deciding sample. */
  readonly evidence: RegExp;
}

export const PLANTED = [
  {
    defect: "no_timeout",
    what: "polls without a timeout",
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
    what: "resets the age on a 304",
    scenario: "etag-same",
    by: "unlabelled_stale",
    evidence: /the data was .* old/,
  },
  {
    defect: "no_backoff",
    what: "retries at once while polls fail",
    scenario: "storm",
    by: "retry_amplification",
    evidence: /attempts in .* expected/,
  },
  {
    defect: "parse_blocks",
    what: "parses bodies of any size on the serving thread",
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
    what: "accepts a truncated body",
    scenario: "cut-body",
    by: "load_error_share",
    evidence: /load: .* requests failed/,
  },
  {
    defect: "unlabelled_stale",
    what: "reports the time since its last poll, even a failed one",
    scenario: "outage",
    by: "unlabelled_stale",
    evidence: /the data was .* old/,
  },
  {
    defect: "empty_on_failure",
    what: "forgets its data when a poll fails, and answers {} with age 0",
    scenario: "outage",
    by: "bad_data_accepted",
    evidence: /200 in .*age 0 ms; it has no value/,
  },
  {
    defect: "lies_seldom",
    what: "answers 1 % of the requests with the value of another switch",
    scenario: "outage",
    by: "bad_data_accepted",
    evidence: /(load|getmetric) sw-.*; snapshot .* had/,
  },
  {
    defect: "lags_seldom",
    what: "answers 1 % of the requests from the snapshot before",
    scenario: "outage",
    by: "bad_data_accepted",
    evidence: /the newer snapshot .* had been served/,
  },
  {
    defect: "list_lags",
    what: "lists the values of the snapshot before",
    scenario: "outage",
    by: "bad_data_accepted",
    evidence: /listmetrics .*; snapshot .* had/,
  },
  {
    defect: "list_drops_rows",
    what: "leaves a switch out of its lists while polls fail",
    scenario: "outage",
    by: "bad_data_accepted",
    evidence: /listmetrics: .*; it has (no|63 of)/,
  },
  {
    defect: "list_looks_fresh",
    what: "reports at most a poll interval as the age of its lists",
    scenario: "outage",
    by: "unlabelled_stale",
    evidence: /listmetrics: .*; its body reports an age of/,
  },
  {
    defect: "keeps_removed_rows",
    what: "keeps the rows that its source no longer has",
    scenario: "rows-removed",
    by: "refusal_errors",
    evidence: /200 in .*; the source had removed the switch/,
  },
  {
    defect: "serves_too_old",
    what: "serves data of any age",
    scenario: "too-old",
    by: "refusal_errors",
    evidence: /200 in .*; it must be refused when older than 3 s/,
  },
  {
    defect: "refuses_early",
    what: "refuses data at half the age it must serve",
    scenario: "too-old",
    by: "refusal_errors",
    evidence: /503 .*; the data was .* old, and is owed up to 3 s/,
  },
  {
    defect: "rounds_counters",
    what: "reads counters as doubles",
    scenario: "wide-counters",
    by: "bad_data_accepted",
    evidence: /; the source never had that value/,
  },
  {
    defect: "stops_at_once",
    what: "ends at once on SIGTERM",
    scenario: "graceful-stop",
    by: "cut_answers",
    evidence: /list readers: [1-3] lists? ended before (its|their) end/,
  },
  {
    defect: "slow_always",
    what: "takes 40 ms longer for every answer, from the start on",
    scenario: "outage",
    by: "p95_ms",
    evidence: /load: p95 of .* was .* for the control/,
  },
  {
    defect: "slow_tail",
    what: "takes 40 ms longer for one answer in 30",
    scenario: "outage",
    by: "slow_share",
    evidence: /load: .* of the subject's answers and .* of the control's over 7 ms/,
  },
  {
    defect: "stands_still",
    what: "freezes for 900 ms of every 2 s while polls fail",
    scenario: "outage",
    by: "p95_ratio",
    // All connections wait, and requests are dropped.
    evidence: /load: p95 of .* requests within 100 ms was [5-9]\d\d ms/,
  },
  {
    defect: "socket_leak",
    what: "leaks sockets when polls are reset",
    scenario: "resets",
    by: "sockets_per_poll",
    evidence: /\d+ sockets at .*, \d+ sockets at/,
  },
  {
    defect: "breaker_stays_open",
    what: "stops polling for good after three failures",
    scenario: "outage",
    by: "recover_ms",
    evidence: /200 in .* age/,
  },
  {
    defect: "every_replica_polls",
    what: "polls whether or not it leads",
    scenario: "replica-added",
    by: "pollers_ratio",
    evidence: /polls counted: .*subject-2 [1-9]/,
  },
  {
    defect: "polls_at_start",
    what: "polls once when it starts, though another replica leads",
    scenario: "replica-added",
    by: "follower_polls",
    evidence: /subject-3 polled 1 time as a follower/,
  },
  {
    defect: "looks_late",
    what: "reads the stored snapshot 2 s after its start",
    scenario: "replica-added",
    by: "first_data_ms",
    evidence: /subject-3 .* started at .*: 200 in/,
  },
  {
    defect: "looks_rarely",
    what: "follows by a look into the store every 2 s",
    scenario: "leader-killed",
    by: "skew_p99_ms",
    evidence: /had a snapshot .* earlier/,
  },
  {
    defect: "never_takes_over",
    what: "never becomes leader, even without a leader",
    scenario: "leader-killed",
    by: "failover_ms",
    evidence: /subject-3 was killed at/,
  },
  {
    defect: "no_fencing",
    what: "overwrites newer data when it wakes as a former leader",
    scenario: "leader-frozen",
    by: "snapshots_backwards",
    evidence: /the newer snapshot .* had been served before/,
  },
  {
    defect: "goes_back",
    what: "adopts the store's snapshot after an outage, even if it is older",
    scenario: "store-gone",
    by: "snapshots_backwards",
    evidence: /the newer snapshot .* had been served before/,
  },
  {
    defect: "stays_alone",
    what: "polls alone for good once the store was gone",
    scenario: "store-gone",
    by: "pollers_ratio",
    evidence: /polls counted: subject [1-9]\d*, subject-2 [1-9]\d*, subject-3 [1-9]/,
  },
  {
    defect: "forgets_on_restart",
    what: "answers 503 after a restart until its first poll",
    scenario: "restart-in-outage",
    by: "refused_after_start",
    evidence: /503 .*no data/,
  },
  // Found in every scenario: wrong from the start on, whatever the faults.
  {
    defect: "fails_now_and_then",
    what: "answers one request in 200 with 500",
    scenario: "outage",
    by: "load_error_share",
    evidence: /load: \d+ of \d+ requests failed/,
  },
  {
    defect: "blocks_at_polls",
    what: "blocks its event loop for 150 ms at each poll",
    scenario: "storm",
    by: "block_ms",
    evidence: /event loop blocked for \d+(\.\d)? ms/,
  },
  {
    defect: "keeps_memory",
    what: "keeps 2 MB of memory for each poll",
    scenario: "outage",
    by: "memory_mb_per_poll",
    evidence: /\d+ MB at .*, \d+ MB at .* polls/,
  },
  {
    defect: "leaves_bodies",
    what: "leaves the rest of a refused body unread",
    scenario: "oversized-body",
    by: "sockets_per_poll",
    evidence: /\d+ sockets at .*, \d+ sockets at/,
  },
  {
    defect: "body_looks_fresh",
    what: "reports at most a poll interval as the age in its bodies",
    scenario: "outage",
    by: "unlabelled_stale",
    evidence: /getmetric .*; its body reports an age of 300 ms/,
  },
  {
    defect: "polls_twice",
    what: "polls twice in each poll interval",
    scenario: "storm",
    by: "poll_rate_ratio",
    evidence: /\d+ polls in .*requests at the HTTP proxy/,
  },
] as const satisfies readonly PlantedDefect[];

/** Value of `DEFECT`. */
export type Defect = typeof PLANTED[number]["defect"] | typeof PAIRED[number]["defect"];
