/**
 * Lines of `run.ndjson`: all that is known of a run, and all that the verdict is based on.
 *
 * `t_ms` is the monotonic time since the start of the run, with fractions. Records are in the order
 * in which the lab learned of them. The `t_ms` of something that took time is its end.
 */
import type { Hop, Layer, ScenarioPlan } from "../vocabulary/mod.ts";

/** The phases of a run, in order; each occurs at most once. */
export type Phase = "preflight" | "baseline" | "fault" | "lift" | "recover" | "verify";

/** The engine's name if the run ended before the engine started. */
export const NOT_STARTED = "not started";

interface Base<Kind extends string> {
  t_ms: number;
  kind: Kind;
}

/** First line. */
export interface RunRecord extends Base<"run"> {
  format: 1;
  run_id: string;
  started_at: string;
  plan: ScenarioPlan;
  seed: number;
  /** `toxiproxy git (real)`, `embedded` or {@link NOT_STARTED}; `k6 v1.3` or `tools/k6`. */
  engines: { tcp: string; load: string };
  machine: string;
  /** Name of the program under test, from its subject file. */
  subject: string;
  /** Cells that the load requests: `switch metric`. Older journals lack it. */
  load_cells?: readonly string[];
  /** What the subject file declares that responses have. Older journals lack it. */
  tells?: { value: boolean; list_age?: boolean };
}

interface PhaseRecord extends Base<"phase"> {
  phase: Phase;
}

/** A fault was applied or lifted, which took `took_ms`. */
interface FaultRecord extends Base<"fault"> {
  id: string;
  action: "on" | "off";
  took_ms: number;
  /** null if it worked. */
  error: string | null;
}

/** One response to an independent probe. */
export interface ProbeRecord extends Base<"probe"> {
  /** `getmetric`, `listmetrics`, `stats`, `readyz`, … */
  probe: string;
  /** Number of the probed subject; absent for 0. */
  subject?: number;
  /** 0 if there was no response. */
  status: number;
  latency_ms: number;
  /** The reported age; null if the response has none. */
  age_ms: number | null;
  /** The age in the body; absent unless the subject file has places in both. */
  body_age_ms?: number | null;
  snapshot_id: string | null;
  switch_id: string | null;
  metric: string | null;
  /** The value's digits; null if the response has no value. */
  value: string | null;
  /** Kind of failure without a response, or slug and detail of the problem. */
  error: string | null;
  /** What a list has; absent for other probes, and for lists that the lab does not read. */
  list?: ListReading;
}

/** Readings of a list; its snapshot id and the age in its headers are the probe's. */
export interface ListReading {
  /** 0 if the answer is not a list. */
  rows: number;
  /** The age in the body; null if it has none. */
  age_ms: number | null;
  /** The watched cells by `switch metric`; null for a null value, absent for a missing cell. */
  values: Readonly<Record<string, string | null>>;
}

/** Ratio between neighboring duration buckets: a recorded duration is at most 1 % too long. */
export const BUCKET_RATIO = 1.01;

/** Requests to one server in one time window, by the time of their responses. */
export interface LoadSide {
  requests: number;
  failed: number;
  /** Upper bounds of buckets in ms, and the durations in each; sparse, ascending. */
  durations: readonly (readonly [le_ms: number, count: number])[];
  /** Requests due that were not sent, because all VUs waited for responses; absent if none. */
  dropped?: number;
}

/** Responses of the load from one snapshot, in one window. Times are as `t_ms`. */
export interface LoadAnswers {
  snapshot_id: string | null;
  /** The first response. */
  first_ms: number;
  /** The last request. */
  sent_max_ms: number;
  /** The youngest data: the latest of request − reported age; null without ages. */
  taken_max_ms: number | null;
  /** How often each value of each cell; a cell's number is its index in `load_cells`. */
  values: readonly (readonly [cell: number, value: string | null, count: number])[];
}

/** The load on the subject in one time window, and on the control beside it. */
export interface LoadRecord extends Base<"load">, LoadSide {
  window_ms: number;
  /** null before the control's first response. Absent in loads without a control. */
  control?: LoadSide | null;
  age_max_ms: number | null;
  vus: number;
  /** What the subject answered; absent if the load does not pass answers on. */
  answers?: readonly LoadAnswers[];
  /** Answers beyond the limit of distinct ones, which are not in `answers`. */
  answers_left_out?: number;
  /** Samples that arrived after their window was closed; absent if there are none. */
  late?: number;
}

/** Counters of a hop's proxy, or of another layer's actuator, since it started. */
export interface HopRecord extends Base<"hop"> {
  /** null if the layer has no connection; then only `hits` counts. */
  hop: Hop | null;
  /** Number of the subject, on hop `store`. */
  subject?: number;
  layer: Layer;
  connections: number;
  /** Requests seen; null on TCP. */
  requests: number | null;
  bytes_up: number;
  bytes_down: number;
  /** How often each fault took effect, by fault id. */
  hits: Readonly<Record<string, number>>;
  /** Answers that ended before their end, by fault id, if the fault reads answers. */
  cut?: Readonly<Record<string, number>>;
  /** What the hits of a fault count: `12 connections opened while it was on`. */
  evidence?: Readonly<Record<string, string>>;
}

/** A snapshot of the source, with which the judge compares responses. */
export interface SourceRecord extends Base<"source"> {
  snapshot_id: string;
  /** Time of the snapshot, in epoch ms. */
  taken_ms: number;
  /** Number of rows. Older journals lack it. */
  rows?: number;
  /** Values of the watched cells by `switch metric`, with the digits the source wrote. */
  values: Readonly<Record<string, string>>;
}

/** `/stats` of a subject that has it. */
export interface StatsRecord extends Base<"stats"> {
  subject: number;
  /** Totals of the poller; null if the subject does not report them. */
  polls: number | null;
  failures: number | null;
  failures_by_cause: Readonly<Record<string, number>>;
  circuit: string | null;
  event_loop_block_max_ms: number | null;
  /** `leader`, `follower` or `alone`; null or absent if the subject reports none. */
  role?: string | null;
  /** Fencing number of the lease it leads by or follows. */
  fence?: number | null;
}

/** Memory and sockets of a process under test, from /proc; null on other systems. */
export interface ProcessSampleRecord extends Base<"process_sample"> {
  process: string;
  rss_mb: number | null;
  sockets: number | null;
  cpu_ms: number | null;
  /**
   * Longest time that one of its threads waited for a core since the last sample, or since its
   * start; null or absent if unknown.
   */
  wait_ms?: number | null;
}

/** A process of the run changed state. */
export interface ProcessRecord extends Base<"process"> {
  process: string;
  /** `stopped` by SIGSTOP, `continued` by SIGCONT. */
  action: "started" | "ready" | "killed" | "ended" | "stopped" | "continued";
  pid: number;
  code: number | null;
}

/** A line of a service's log, except `http.access`. */
export interface LogRecord extends Base<"log"> {
  process: string;
  line: Readonly<Record<string, unknown>>;
}

/** One step of the rollback, which lifts faults that were not lifted. */
interface RollbackRecord extends Base<"rollback"> {
  step: string;
  ok: boolean;
  /** What still differs from before the run. */
  diff: readonly string[];
}

/** Why a run ended early or proves less: preflight failed, proxy died, load ended, aborted, … */
export interface TroubleRecord extends Base<"trouble"> {
  what:
    | "preflight"
    | "baseline"
    | "engine"
    | "load"
    | "subject"
    | "source"
    | "abort"
    | "interrupted"
    | "journal";
  detail: string;
}

/** Last line. A journal without it is truncated. */
interface EndRecord extends Base<"end"> {
  /** Whether everything is as before: faults lifted, proxies restored, processes gone. */
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

/** A record without its time, as the parts of the lab add it to the journal. */
export type JournalEntry = JournalRecord extends infer R
  ? R extends unknown ? Omit<R, "t_ms"> : never
  : never;
