/** What judging a journal comes to. JSON-able. */
import type { Condition, Measure } from "../vocabulary/mod.ts";
import type { Phase } from "../journal/mod.ts";

/** How a run came out. */
export type Verdict = "held" | "broken" | "inconclusive" | "rollback failed";

/** How a condition came out. */
export type ConditionVerdict = "held" | "broken" | "inconclusive";

/** Exit code of each verdict. */
export const EXIT_CODES: Readonly<Record<Verdict, 0 | 1 | 2 | 3>> = {
  "held": 0,
  "broken": 1,
  "inconclusive": 2,
  "rollback failed": 3,
};

/** The sample a verdict rests on. */
export interface Decision {
  t_ms: number;
  /** `GetMetric sw-003 bandwidth_gbps: 200 in 1.2 ms, age 14.2 s, snapshot abc-12`. */
  text: string;
}

/** One condition of the plan and what became of it. */
export interface ConditionJudgement {
  condition: Condition;
  /** null where there was nothing to measure. */
  measured: number | null;
  verdict: ConditionVerdict;
  /** How many samples the measured value rests on. */
  samples: number;
  /** What was found, without the doubt. */
  sentence: string;
  /** Of the run's doubts the one that makes this inconclusive, whatever was found; null where none does. */
  doubt: string | null;
  decided_by: Decision | null;
}

/** A measured quantity beside what was predicted of it. */
export interface MeasuredQuantity {
  /** `time to recover`. */
  name: string;
  /** Where a condition looks at it too. */
  measure: Measure | null;
  measured: number | null;
  /** null where nothing was predicted. */
  predicted: number | null;
  relation: Condition["relation"];
  /** "ms", "×", "%" (of a share between 0 and 1), "". */
  unit: string;
  /** Where the prediction comes from, or why nothing could be measured. */
  because: string;
}

/** Whether a fault had any effect, and what shows it. */
export interface Bite {
  fault_id: string;
  /** null where no counter tells. */
  hits: number | null;
  bitten: boolean;
  evidence: string;
}

/** A phase of the run. */
export interface PhaseSpan {
  phase: Phase;
  from_ms: number;
  to_ms: number;
}

/** All of it. */
export interface Judgement {
  verdict: Verdict;
  exit_code: 0 | 1 | 2 | 3;
  /** Why, in one sentence. */
  sentence: string;
  decided_by: Decision | null;
  conditions: ConditionJudgement[];
  measures: MeasuredQuantity[];
  bite: Bite[];
  phases: PhaseSpan[];
  /** What made the run doubtful, each a sentence. */
  doubts: string[];
}
