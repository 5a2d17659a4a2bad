/** What a doubt about a run is. */
import type { ConditionJudgement } from "./judgement.ts";

/** A reason not to believe a run, and what it leaves untouched. */
export interface Doubt {
  text: string;
  t_ms: number;
  /** Whether this condition's verdict stands all the same. */
  spares(judged: ConditionJudgement): boolean;
}
