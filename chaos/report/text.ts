/** Texts that several reports share. Pure. */
import {
  type ConditionJudgement,
  type MeasuredQuantity,
  quantity,
  type Verdict,
} from "../judge/mod.ts";
import { NOT_STARTED } from "../journal/mod.ts";

/** Signs that distinguish verdicts without color. */
export const VERDICT_SIGNS: Readonly<Record<Verdict, string>> = {
  "held": "✓",
  "broken": "✗",
  "inconclusive": "?",
  "rollback failed": "!",
};

/** `✓ held`. */
export function verdictText(verdict: Verdict): string {
  return `${VERDICT_SIGNS[verdict]} ${verdict}`;
}

/** The CSS class of a verdict. */
export function verdictClass(verdict: Verdict): string {
  return verdict.replace(" ", "-");
}

/** A condition's sentence together with its doubt. */
export function doubtedSentence({ sentence, doubt }: ConditionJudgement): string {
  return doubt === null ? sentence : `${sentence}; not reliable: ${doubt}`;
}

/** `≤ 9 s`; empty without a prediction. */
export function predictedText({ predicted, relation, unit }: MeasuredQuantity): string {
  return predicted === null ? "" : `${relation} ${quantity(predicted, unit)}`;
}

/** The engine of the faults, in words; `tcp` is from the journal's first line. */
export function engineText(tcp: string, text: (tcp: string) => string): string {
  return tcp === NOT_STARTED ? "no engine was started" : text(tcp);
}

/** The text, shortened with … to that many characters. */
export function clip(text: string, chars: number): string {
  return text.length <= chars ? text : `${text.slice(0, Math.max(0, chars - 1))}…`;
}

/**
 * Text on one line, without terminal control characters: a server under test must not be able to
 * clear the reader's screen.
 */
export function plainText(text: string): string {
  return text.replace(/\s+/g, " ")
    // deno-lint-ignore no-control-regex
    .replace(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
