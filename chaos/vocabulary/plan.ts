/** What a scenario comes to: plain data, written whole into the journal, so that it can be judged from there. */
import type { TimedFault } from "./fault.ts";

/** When a condition counts. */
export type When = "always" | "unfaulted" | "faulted";

/** What is looked at. Ages and latencies in milliseconds, shares between 0 and 1. */
export type Measure =
  /** Share of probe answers that were not what the probe expects. */
  | "probe_error_share"
  /** Share of the load's requests that failed. */
  | "load_error_share"
  /** p95 of the load's request durations. */
  | "p95_ms"
  /** p95 under fault over p95 of this run's baseline. */
  | "p95_ratio"
  /** Largest age told by an answer with data. */
  | "age_max_ms"
  /** Answers with data that say no age, or one that is younger than the data is. */
  | "unlabelled_stale"
  /** Answers whose value no good snapshot of the source ever held. */
  | "bad_data_accepted"
  /** Fault on → first failed poll seen. */
  | "detect_ms"
  /** Last fault lifted → first of `stable` good and fresh probes in a row. */
  | "recover_ms"
  /** Attempts at the source under fault over fault length / poll interval. */
  | "retry_amplification"
  /** Peak of requests at the source in the first poll interval after the lift over the steady count. */
  | "herd_ratio"
  /** Polls a second at 10 × the load over polls a second at 1 ×. */
  | "decoupling_ratio"
  /** Whether the claim was still false max(3 P, 30 s) after the lift: 1, else 0. */
  | "metastable"
  /** Sockets or memory of the subject, after over before. */
  | "socket_growth"
  | "memory_growth_ratio"
  /** Share of answers in an outage from the start that say 503 and why. */
  | "cold_start_refused_share";

/** `measure` of `when` has to be `relation` `bound`. */
export interface Condition {
  readonly when: When;
  readonly measure: Measure;
  readonly relation: "≤" | "≥" | "=";
  readonly bound: number;
  /** "ms", "×", "%", "" … of the bound as it is told. */
  readonly unit: string;
  /** Where the bound comes from: `fault 20 s + data interval 2 s + poll 0.5 s`. */
  readonly because: string;
}

/** How the subject is loaded while all this happens. */
export interface LoadProfile {
  /** File of bench/k6, without its ending. */
  readonly profile: string;
  /** Passed on as `-e NAME=value`. */
  readonly env: Readonly<Record<string, string>>;
}

/** Times and sizes both services and the judge go by. */
export interface Settings {
  readonly poll_ms: number;
  readonly poll_timeout_ms: number;
  readonly backoff_max_ms: number;
  readonly data_interval_ms: number;
  readonly switches: number;
  /** metrics_servers that poll the source; probes and load go to the first. */
  readonly subjects: number;
  /** More variables for either service. */
  readonly data_env: Readonly<Record<string, string>>;
  readonly subject_env: Readonly<Record<string, string>>;
}

/** A scenario, ready to be run. */
export interface ScenarioPlan {
  readonly name: string;
  /** What one wants to know. */
  readonly question: string;
  /** What is claimed, as a sentence that can turn out to be false. */
  readonly claim: string;
  readonly settings: Settings;
  readonly conditions: readonly Condition[];
  readonly load: LoadProfile;
  readonly baseline_ms: number;
  readonly faults: readonly TimedFault[];
  /** Whether the subject is started when the first fault is on already. */
  readonly cold_start: boolean;
  readonly recover: { readonly within_ms: number; readonly stable: number };
  /** Ends the run early where the load fails this much for this long. */
  readonly abort: { readonly error_share: number; readonly for_ms: number } | null;
  /** Whether it is the short version. */
  readonly quick: boolean;
}
