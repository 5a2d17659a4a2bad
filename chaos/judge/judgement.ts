/** The result of judging a journal. Plain data. */
import type { Condition, Measure } from "../vocabulary/mod.ts";
import type { Phase } from "../journal/mod.ts";

export type ConditionVerdict = "held" | "broken" | "inconclusive";

export type Verdict = ConditionVerdict | "rollback failed";

/** Exit code of each verdict. */
export const EXIT_CODES: Readonly<Record<Verdict, 0 | 1 | 2 | 3>> = {
  "held": 0,
  "broken": 1,
  "inconclusive": 2,
  "rollback failed": 3,
};

/** A part of the run, in milliseconds since its start. */
export interface Span {
  from_ms: number;
  to_ms: number;
}

export interface PhaseSpan extends Span {
  phase: Phase;
}

/** The sample that decided a verdict. */
export interface Decision {
  t_ms: number;
  /** Such as `getmetric sw-003 bandwidth_gbps: 200 in 1.2 ms, age 14.2 s, snapshot abc-12`. */
  text: string;
}

export interface ConditionJudgement {
  condition: Condition;
  /** null if there was no data. */
  measured: number | null;
  verdict: ConditionVerdict;
  /** Number of samples behind the measured value. */
  samples: number;
  /** The result in words, without the doubt. */
  sentence: string;
  /** The doubt about the run that makes this condition inconclusive; null if there is none. */
  doubt: string | null;
  decided_by: Decision | null;
}

export interface MeasuredQuantity {
  /** Such as `time to recover`. */
  name: string;
  /** null if it is not a condition's measure. */
  measure: Measure | null;
  measured: number | null;
  /** null if the plan predicts nothing. */
  predicted: number | null;
  relation: Condition["relation"];
  /** "ms", "×", "%" (of a share between 0 and 1), "". */
  unit: string;
  /** Explains the prediction, or the lack of a measured value. */
  because: string;
}

/** One side of the load in a segment of the run. */
export interface SideLatency {
  requests: number;
  p95_ms: number;
  p99_ms: number;
  max_ms: number;
}

/** Latencies of all requests due in a segment of the run. */
export interface SegmentLatency extends Span {
  /** `baseline`, `fault on` or `after`. */
  name: string;
  subject: SideLatency;
  /** null if the load had none. */
  control: SideLatency | null;
}

/** Whether a fault took effect, and the evidence. */
export interface FaultEffect {
  fault_id: string;
  /** null if no counter covers the fault. */
  hits: number | null;
  took_effect: boolean;
  evidence: string;
}

/** The result of a run. */
export interface Judgement {
  verdict: Verdict;
  exit_code: 0 | 1 | 2 | 3;
  /** The reason, in one sentence. */
  sentence: string;
  decided_by: Decision | null;
  conditions: ConditionJudgement[];
  measures: MeasuredQuantity[];
  latencies: SegmentLatency[];
  fault_effects: FaultEffect[];
  phases: PhaseSpan[];
  /** Each doubt about the run, as a sentence. */
  doubts: string[];
  /**
   * Whether the machine's other work explains everything that is inconclusive; else the subject
   * may.
   */
  is_machines: boolean;
}
