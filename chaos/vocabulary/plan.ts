/**
 * A scenario, ready to run: plain data. The journal holds it whole, so that a run can be judged
 * from its journal alone.
 */

/**
 * The connection a fault affects: `source` is data_server → subject, `client` is client → subject,
 * `store` is subject → store, with a proxy for each subject.
 */
export type Hop = "source" | "client" | "store";

/** The part of the lab that carries a fault out. */
export type Layer = "tcp" | "http" | "process" | "resource" | "store";

/** Parameters of a fault by name; the name includes the unit (`delay_ms`). */
export type FaultParams = Readonly<Record<string, number | string | boolean>>;

/** One fault, without its time. */
export interface Fault {
  /** `tcp.latency`, `http.status`, `process.kill`, `resource.cpu`, … */
  readonly kind: string;
  readonly layer: Layer;
  /** null if the fault does not affect a connection. */
  readonly hop: Hop | null;
  readonly params: FaultParams;
  /** What it does, for people: `adds 200 ms ± 20 ms to every response of the source`. */
  readonly text: string;
  /** What lifting it does, for people: `removes the delay`. */
  readonly inverse: string;
}

/** A fault and its time: from `at_ms` after the start of the fault phase, for `for_ms`. */
export interface TimedFault {
  /** Unique in its scenario: `1-tcp.latency`. */
  readonly id: string;
  readonly at_ms: number;
  readonly for_ms: number;
  readonly fault: Fault;
}

/** The part of the run a condition covers. */
export type When = "always" | "unfaulted" | "faulted";

/** A measured quantity. Ages and latencies are in milliseconds, shares between 0 and 1. */
export type Measure =
  /** Share of probe responses that were not what the probe expects. */
  | "probe_error_share"
  /** Share of the load's requests that failed. */
  | "load_error_share"
  /** p95 of all requests of the load in a part of the run. */
  | "p95_ms"
  /** p95 over the control's under fault, over the same in this run's baseline. */
  | "p95_ratio"
  /** p99 of all requests over the control's in the same seconds. */
  | "p99_ratio"
  /** Share of responses over 7 ms minus the control's. */
  | "slow_share"
  /** Largest age reported by a response with data. */
  | "age_max_ms"
  /** Responses with data that report no age, one younger than the data is, or two that differ. */
  | "unlabelled_stale"
  /** Responses with a value that no good snapshot of the source ever held. */
  | "bad_data_accepted"
  /** Responses that refuse data they owe, or have data they must refuse. */
  | "refusal_errors"
  /** Lists that ended before their end. */
  | "cut_answers"
  /** Fault on → first failed poll seen. */
  | "detect_ms"
  /** Last fault lifted → first of `stable` good and fresh probes in a row. */
  | "recover_ms"
  /** Attempts at the source under fault over fault length / poll interval. */
  | "retry_amplification"
  /** Requests at the source in the first poll interval after the lift over the steady count. */
  | "herd_ratio"
  /** Polls a second at 10 × the load over polls a second at 1 ×. */
  | "decoupling_ratio"
  /** 1 if the claim is still false max(3 polls, 30 s) after the lift, else 0. */
  | "metastable"
  /** Growth of the open sockets of a subject, per poll. */
  | "sockets_per_poll"
  /** Growth of the memory of a subject, in MB per poll. */
  | "memory_mb_per_poll"
  /** The same per 1,000 requests of the load. */
  | "memory_mb_per_1000"
  /** Longest time that a subject blocked its event loop by itself. */
  | "block_ms"
  /** Polls a second without faults over the polls due. */
  | "poll_rate_ratio"
  /** Share of responses in an outage from the start that are 503 with a reason. */
  | "cold_start_refused_share"
  /** Requests at the source over the polls that one poller makes in that time. */
  | "pollers_ratio"
  /** Polls by replicas while they followed. */
  | "follower_polls"
  /** First sight of a snapshot on a replica → on each other one: 99th percentile. */
  | "skew_p99_ms"
  /** The largest such time. */
  | "skew_max_ms"
  /** Responses from an older snapshot after the same replica had served a newer one. */
  | "snapshots_backwards"
  /** Death of the leader → first new snapshot on every other replica. */
  | "failover_ms"
  /** Start of a process under fault → its first response with data. */
  | "first_data_ms"
  /** Responses without data from a process started under fault. */
  | "refused_after_start";

/** A claim in numbers: during `when`, `measure` must be `relation` `bound`. */
export interface Condition {
  readonly when: When;
  readonly measure: Measure;
  readonly relation: "≤" | "≥" | "=";
  readonly bound: number;
  /** Unit in which reports print the bound: "ms", "×", "%", "" … */
  readonly unit: string;
  /** Explains the bound: `fault 20 s + data interval 2 s + poll 0.5 s`. */
  readonly because: string;
}

/** The load on the subject during the run. */
export interface LoadProfile {
  /** File of bench/k6, without its extension. */
  readonly profile: string;
  /** Passed as `-e NAME=value`. */
  readonly env: Readonly<Record<string, string>>;
}

/** Times and sizes that both services use. */
export interface Settings {
  readonly poll_ms: number;
  readonly poll_timeout_ms: number;
  readonly backoff_max_ms: number;
  readonly data_interval_ms: number;
  readonly switches: number;
  /** Replicas of the subject. Each is probed; the load goes to the first, or to the front. */
  readonly subjects: number;
  /** What the subjects share: a redis-server that starts empty, or nothing. */
  readonly store: "none" | "redis";
  /** Expiry of a leader's lease. */
  readonly lease_ms: number;
  /** Age from which the subjects must refuse data; 0: none. Older journals lack it. */
  readonly max_stale_ms?: number;
  /** Load balancer between load and subjects. */
  readonly front: "none" | "haproxy";
  /** More environment variables for either service. */
  readonly data_env: Readonly<Record<string, string>>;
  readonly subject_env: Readonly<Record<string, string>>;
}

/** Leases after the lift within which replicas agree on one leader again. */
const LEASES_TO_SETTLE = 2;

/** Time after the lift that replicas need to agree on one leader; 0 without replicas. */
export function settleTime(settings: Settings): number {
  return areReplicas(settings) ? LEASES_TO_SETTLE * settings.lease_ms : 0;
}

/** Whether several subjects share a store. Older journals have no `store`. */
export function areReplicas({ store = "none", subjects }: Settings): boolean {
  return store !== "none" && subjects > 1;
}

/** Process name of a subject by its number from 0: `subject`, `subject-2`, `subject-3`, … */
export function subjectName(subject: number): string {
  return subject === 0 ? "subject" : `subject-${subject + 1}`;
}

/** A scenario, ready to run. */
export interface ScenarioPlan {
  readonly name: string;
  readonly question: string;
  /** A sentence that the run can prove false. */
  readonly claim: string;
  readonly settings: Settings;
  readonly conditions: readonly Condition[];
  readonly load: LoadProfile;
  readonly baseline_ms: number;
  readonly faults: readonly TimedFault[];
  /** Whether the subject starts only after the first fault is on. */
  readonly cold_start: boolean;
  readonly recover: { readonly within_ms: number; readonly stable: number };
  /** Ends the run early if this share of the load fails for this long. */
  readonly abort: { readonly error_share: number; readonly for_ms: number } | null;
  readonly quick: boolean;
}

/**
 * A wave starts this long after a window of the load, in milliseconds. Timers are late, never
 * early, so a window has the answers of exactly one wave.
 */
export const WAVE_IN_WINDOW_MS = 1;

/** Load in waves: `users` requests at once, every `every_ms`. */
export interface Waves {
  users: number;
  every_ms: number;
}

/** The waves of bench/k6/waves.js; null for any other profile. */
export function wavesOf({ profile, env }: LoadProfile): Waves | null {
  if (profile !== "waves") return null;
  // Defaults of bench/k6/waves.js.
  const users = Number(env.VUS ?? 100), every_ms = Number(env.WAVE_MS ?? 250);
  return users > 0 && every_ms > 0 ? { users, every_ms } : null;
}

/** The rate of bench/k6/arrival.js; null for any other profile. */
export function arrivalsOf({ profile, env }: LoadProfile): { per_s: number } | null {
  if (profile !== "arrival") return null;
  const per_s = Number(env.RATE ?? 1000); // default of bench/k6/arrival.js
  return per_s > 0 ? { per_s } : null;
}
