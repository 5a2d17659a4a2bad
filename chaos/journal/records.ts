/**
 * Lines of `run.ndjson`: all that is known of a run. The verdict is worked out from them alone.
 *
 * `t_ms` is monotonic, from the start of the run, with fractions. Records are appended in the order
 * they became known; what took time has its end as `t_ms`.
 */
import type { Hop, Layer, ScenarioPlan } from "../vocabulary/mod.ts";

/** In this order, each at most once. */
export type Phase = "preflight" | "baseline" | "fault" | "lift" | "recover" | "verify";

/** Stands for an engine's name where the run ended before it was started. */
export const NOT_STARTED = "not started";

/** First line. */
export interface RunRecord {
  t_ms: number;
  kind: "run";
  format: 1;
  run_id: string;
  started_at: string;
  plan: ScenarioPlan;
  seed: number;
  /** What ran: `toxiproxy git (real)`, `embedded` or {@link NOT_STARTED}; `k6 v1.3` or `tools/k6`. */
  engines: { tcp: string; load: string };
  machine: string;
  /** Program under test, as its subject file calls it. */
  subject: string;
  /** What its subject file says its answers carry; journals of before have none. */
  tells?: { value: boolean };
}

export interface PhaseRecord {
  t_ms: number;
  kind: "phase";
  phase: Phase;
}

/** A fault went on or off; told when it was done, with how long doing it took. */
export interface FaultRecord {
  t_ms: number;
  kind: "fault";
  id: string;
  action: "on" | "off";
  took_ms: number;
  /** null where it worked. */
  error: string | null;
}

/** One answer to an independent probe. */
export interface ProbeRecord {
  t_ms: number;
  kind: "probe";
  /** `getmetric`, `listmetrics`, `stats`, `readyz`, … */
  probe: string;
  /** 0 where there was no answer. */
  status: number;
  latency_ms: number;
  /** As the answer tells it; null where it does not. */
  age_ms: number | null;
  snapshot_id: string | null;
  switch_id: string | null;
  metric: string | null;
  /** The value's digits, null where the answer has none. */
  value: string | null;
  /** Kind of failure where there was no answer, or slug of the problem. */
  error: string | null;
}

/** Ratio of the bounds of neighboring buckets of durations: one is told at most 2 % too long. */
export const BUCKET_RATIO = 1.02;

/** The load of one window of time. */
export interface LoadRecord {
  t_ms: number;
  kind: "load";
  window_ms: number;
  requests: number;
  failed: number;
  /** Upper bounds of buckets in ms and how many durations each holds; sparse, ascending. */
  durations: readonly (readonly [le_ms: number, count: number])[];
  age_max_ms: number | null;
  vus: number;
  /** Samples of windows before this one that came when those were closed; missing where there are none. */
  late?: number;
}

/** Counters of a hop's proxy, or of another layer's actuator, since its start. */
export interface HopRecord {
  t_ms: number;
  kind: "hop";
  /** null where the layer has no connection in between: then only `hits` counts. */
  hop: Hop | null;
  layer: Layer;
  connections: number;
  /** Requests seen; null on TCP. */
  requests: number | null;
  bytes_up: number;
  bytes_down: number;
  /** How often each fault touched something, by fault id. */
  hits: Readonly<Record<string, number>>;
  /** What the hits of each fault count, where it is told: `12 connections opened while it was on`. */
  evidence?: Readonly<Record<string, string>>;
}

/** What the source really said: the judge compares answers with it. */
export interface SourceRecord {
  t_ms: number;
  kind: "source";
  snapshot_id: string;
  /** Epoch ms of the snapshot. */
  taken_ms: number;
  /** Values of the probed switch, digits as the source wrote them. */
  values: Readonly<Record<string, string>>;
}

/** `/stats` of the subject, as far as it has one. */
export interface StatsRecord {
  t_ms: number;
  kind: "stats";
  subject: number;
  /** Totals of the poller; null where the subject tells none. */
  polls: number | null;
  failures: number | null;
  failures_by_cause: Readonly<Record<string, number>>;
  circuit: string | null;
  event_loop_block_max_ms: number | null;
}

/** Memory and sockets of a process under test, from /proc; null where the system has none. */
export interface ProcessSampleRecord {
  t_ms: number;
  kind: "process_sample";
  process: string;
  rss_mb: number | null;
  sockets: number | null;
  cpu_ms: number | null;
}

/** Something happened to a process of the run. */
export interface ProcessRecord {
  t_ms: number;
  kind: "process";
  process: string;
  action: "started" | "ready" | "killed" | "ended";
  pid: number;
  code: number | null;
}

/** A line of a service's own log, except `http.access`. */
export interface LogRecord {
  t_ms: number;
  kind: "log";
  process: string;
  line: Readonly<Record<string, unknown>>;
}

/** One rung of the ladder that lifts what did not lift. */
export interface RollbackRecord {
  t_ms: number;
  kind: "rollback";
  step: string;
  ok: boolean;
  /** What still differs from before the run; empty where nothing does. */
  diff: readonly string[];
}

/** Something the run could not do: preflight failed, proxy died, load ended early, aborted. */
export interface TroubleRecord {
  t_ms: number;
  kind: "trouble";
  what:
    | "preflight"
    | "engine"
    | "load"
    | "subject"
    | "source"
    | "abort"
    | "interrupted"
    | "journal";
  detail: string;
}

/** Last line; without it the run was cut off. */
export interface EndRecord {
  t_ms: number;
  kind: "end";
  /** Whether everything is as it was: faults lifted, proxies as found, processes gone. */
  clean: boolean;
  left: readonly string[];
}

export type JournalRecord =
  | RunRecord
  | PhaseRecord
  | FaultRecord
  | ProbeRecord
  | LoadRecord
  | HopRecord
  | SourceRecord
  | StatsRecord
  | ProcessSampleRecord
  | ProcessRecord
  | LogRecord
  | RollbackRecord
  | TroubleRecord
  | EndRecord;

/** A record without its time: what a part of the lab hands to the journal. */
export type JournalEntry = JournalRecord extends infer R
  ? R extends unknown ? Omit<R, "t_ms"> : never
  : never;
