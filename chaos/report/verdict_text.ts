/** How verdicts are written and marked, so that nobody needs color to tell them apart. */
import type { ConditionJudgement, Verdict } from "../judge/mod.ts";

/** Signs that tell verdicts apart without color. */
export const VERDICT_SIGNS: Readonly<Record<Verdict, string>> = {
  "held": "✓",
  "broken": "✗",
  "inconclusive": "?",
  "rollback failed": "!",
};

/** `✓ held` */
export function verdictText(verdict: Verdict): string {
  return `${VERDICT_SIGNS[verdict]} ${verdict}`;
}

/** A condition's sentence where no doubt is told beside it. */
export function doubtedSentence({ sentence, doubt }: ConditionJudgement): string {
  return doubt === null ? sentence : `${sentence}; not to be relied on: ${doubt}`;
}

/** Class of the style sheet. */
export function verdictClass(verdict: Verdict): string {
  return verdict.replace(" ", "-");
}
