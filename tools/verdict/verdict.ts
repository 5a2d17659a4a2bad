/** From samples to a verdict: it holds, it is broken, or nothing can be said. Pure. */
import { ROUNDS_FEW, SAMPLE_SPREAD_MAX } from "./limits.ts";
import { quartiles } from "./statistics.ts";

/** Outcome of one check. */
export type Verdict = "holds" | "broken" | "inconclusive";

/** What is judged. */
export interface Claim {
  /** Letter of the figure. */
  figure: string;
  name: string;
  /** `×`, `ms`, `MB` or empty. */
  unit: string;
  /** One a round; their median is judged. */
  samples: readonly number[];
  relation: "≥" | "≤";
  bound: number;
  /** Reasons not to believe the samples. */
  doubts?: readonly string[];
  /** A disturbance can only make the value worse: where the bound holds all the same, it holds. */
  noise_only_hurts?: boolean;
}

/** A claim and what came of it. */
export interface Check extends Claim {
  value: number;
  verdict: Verdict;
  doubts: readonly string[];
}

/**
 * Judges the median of the samples. Doubts make it inconclusive, whichever way it points; samples
 * that contradict each other are a doubt of their own.
 *
 * ```ts
 * judge({ figure: "a", name: "rate", unit: "×", samples: [0.9], relation: "≥", bound: 0.85 });
 * // verdict: "holds"
 * ```
 */
export function judge(claim: Claim): Check {
  const { samples } = claim;
  const [low, value, high] = quartiles(samples);
  const keeps = (sample: number) =>
    claim.relation === "≥" ? sample >= claim.bound : sample <= claim.bound;
  const doubts: string[] = [];
  if (!(claim.noise_only_hurts && keeps(value))) doubts.push(...claim.doubts ?? []);
  if (!Number.isFinite(value)) {
    doubts.push("nothing was measured");
  } else {
    const [what, from, to] = !keeps(value) && samples.length < ROUNDS_FEW
      ? ["they go over", Math.min(...samples), Math.max(...samples)] as const
      : ["their middle half is", low, high] as const;
    if (keeps(from) !== keeps(to) && (to - from) / value > SAMPLE_SPREAD_MAX) {
      doubts.push(
        `rounds on both sides of the bound: ${what} ${from.toFixed(2)}–${to.toFixed(2)}`,
      );
    }
  }
  const verdict = doubts.length > 0 ? "inconclusive" : keeps(value) ? "holds" : "broken";
  return { ...claim, value, verdict, doubts };
}

/** 0 all hold, 1 one is broken, 2 none is broken but not all could be told (or none was made). */
export function exitCode(checks: readonly Check[]): 0 | 1 | 2 {
  if (checks.some(({ verdict }) => verdict === "broken")) return 1;
  return checks.length > 0 && checks.every(({ verdict }) => verdict === "holds") ? 0 : 2;
}
