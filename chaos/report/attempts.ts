/** The runs of a scenario that was repeated. */
import type { Judgement } from "../judge/mod.ts";

/** One run of a scenario. */
export interface Attempt extends Pick<Judgement, "verdict" | "sentence" | "is_machines"> {
  /** Folder of its report. */
  readonly dir: string;
}

/** `held after 3 runs: inconclusive (busy machine), held, held`. */
export function attemptsText(
  { judgement, attempts }: { judgement: Judgement; attempts: readonly Attempt[] },
): string {
  return `${judgement.verdict} after ${attempts.length} runs: ${
    attempts.map(attemptText).join(", ")
  }`;
}

/** `inconclusive (busy machine)`. */
export function attemptText({ verdict, is_machines }: Attempt): string {
  return is_machines ? `${verdict} (busy machine)` : verdict;
}
