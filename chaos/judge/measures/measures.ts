/** Every measure a condition can name. */
import type { Measure } from "../../vocabulary/mod.ts";
import { maxAge } from "./ages.ts";
import { longestBlock } from "./blocks.ts";
import { coldStartRefusedShare, loadErrorShare, probeErrorShare } from "./errors.ts";
import { memoryPer1000, memoryPerPoll, socketsPerPoll } from "./growth.ts";
import { badDataAccepted, unlabelledStale } from "./integrity.ts";
import { p95, p95Ratio, p99Ratio, slowShare } from "./latency.ts";
import { decouplingRatio, herdRatio, pollRateRatio, retryAmplification } from "./poll_rates.ts";
import { followerPolls, pollersRatio } from "./pollers.ts";
import { detect } from "./polls.ts";
import type { ReadMeasure } from "./reading.ts";
import { cutAnswers } from "./cuts.ts";
import { metastable, recover } from "./recovery.ts";
import { refusalErrors } from "./refusals.ts";
import { failover, firstData, refusedAfterStart } from "./replicas.ts";
import { skewMax, skewP99, snapshotsBackwards } from "./sightings.ts";

/** Properties of a measure that the judge depends on. */
type Flag =
  /** True in a steady state, so the baseline must show it before a fault can be blamed. */
  | "steady"
  /** True with and without faults, so a failed baseline is no excuse. */
  | "invariant"
  /** About single responses, which are right or wrong whatever the network does. */
  | "integrity"
  /** One sample beyond the bound decides: later samples cannot undo it. */
  | "one_is_enough"
  /** Based on the load's requests. */
  | "of_load"
  /** Has its own spans, whatever spans the condition covers. */
  | "own_span";

interface MeasureKind extends Readonly<Partial<Record<Flag, true>>> {
  /** Name in reports: `largest age`. */
  readonly name: string;
  readonly unit: string;
  readonly read: ReadMeasure;
}

function kind(name: string, unit: string, read: ReadMeasure, ...flags: Flag[]): MeasureKind {
  return { name, unit, read, ...Object.fromEntries(flags.map((flag) => [flag, true])) };
}

const RATIO = "p95 under fault over baseline";
const SLOW = "slow responses beyond control";
const UNLABELLED = "unlabelled stale responses";
const DECOUPLING = "poll rate under more load over baseline";
const POLL_RATE = "poll rate without faults over polls due";
const METASTABLE = "still failing long after the lift";
const BACKWARDS = "snapshots going backwards";
const AFTER_START = "responses without data after a start";
const REFUSALS = "wrong refusals";
const REFUSED = "responses before any data that are 503 with a reason";

export const MEASURES: Readonly<Record<Measure, MeasureKind>> = {
  probe_error_share: kind("failed probes", "%", probeErrorShare, "steady", "invariant"),
  load_error_share: kind("failed requests", "%", loadErrorShare, "steady", "invariant", "of_load"),
  p95_ms: kind("p95", "ms", p95, "steady", "invariant", "of_load"),
  p95_ratio: kind(RATIO, "×", p95Ratio, "invariant", "of_load", "own_span"),
  p99_ratio: kind("p99 over control", "×", p99Ratio, "invariant", "of_load"),
  slow_share: kind(SLOW, "%", slowShare, "invariant", "of_load"),
  age_max_ms: kind("largest age", "ms", maxAge, "steady", "invariant", "one_is_enough"),
  unlabelled_stale: kind(UNLABELLED, "", unlabelledStale, "integrity", "one_is_enough"),
  bad_data_accepted: kind(
    "responses with bad data",
    "",
    badDataAccepted,
    "integrity",
    "one_is_enough",
  ),
  refusal_errors: kind(REFUSALS, "", refusalErrors, "integrity", "one_is_enough"),
  cut_answers: kind("cut answers", "", cutAnswers, "own_span", "one_is_enough"),
  detect_ms: kind("time to detect", "ms", detect, "own_span"),
  recover_ms: kind("time to recover", "ms", recover, "own_span", "one_is_enough"),
  retry_amplification: kind("retry amplification", "×", retryAmplification, "own_span"),
  herd_ratio: kind("herd after the lift", "×", herdRatio, "own_span"),
  decoupling_ratio: kind(DECOUPLING, "×", decouplingRatio, "of_load", "own_span"),
  metastable: kind(METASTABLE, "", metastable, "own_span", "one_is_enough"),
  sockets_per_poll: kind("sockets per poll", "sockets", socketsPerPoll, "own_span"),
  memory_mb_per_poll: kind("memory per poll", "MB", memoryPerPoll, "own_span"),
  memory_mb_per_1000: kind("memory per 1,000 requests", "MB", memoryPer1000, "own_span"),
  block_ms: kind("longest block of the event loop", "ms", longestBlock, "own_span", "invariant"),
  poll_rate_ratio: kind(POLL_RATE, "×", pollRateRatio, "own_span", "invariant"),
  cold_start_refused_share: kind(REFUSED, "%", coldStartRefusedShare, "own_span"),
  pollers_ratio: kind("pollers at the source", "×", pollersRatio, "invariant"),
  follower_polls: kind("polls by followers", "", followerPolls, "invariant", "one_is_enough"),
  skew_p99_ms: kind("skew between replicas, p99", "ms", skewP99, "invariant"),
  skew_max_ms: kind("largest skew between replicas", "ms", skewMax, "invariant"),
  snapshots_backwards: kind(BACKWARDS, "", snapshotsBackwards, "integrity", "one_is_enough"),
  failover_ms: kind("time to fail over", "ms", failover, "own_span"),
  first_data_ms: kind("start to first data", "ms", firstData, "own_span"),
  refused_after_start: kind(AFTER_START, "", refusedAfterStart, "own_span", "one_is_enough"),
};
