/** From samples to a verdict; medians and spreads of a few rounds. Pure. */
import { percentile } from "../../platform/mod.ts";

/** With fewer rounds than this, every round must break a bound, and a doubt always counts. */
const ROUNDS_FEW = 5;
/** Spread over the median up to which rounds on both sides of a bound still agree. */
const SAMPLE_SPREAD_MAX = 0.1;

/** Outcome of one check. */
export type Verdict = "holds" | "broken" | "inconclusive";

/** A bound on the median of samples. */
export interface Claim {
  /** Short name of the figure, for example its letter. */
  figure: string;
  name: string;
  /** `×`, `ms`, `MB` or empty. */
  unit: string;
  /** One per round. */
  samples: readonly number[];
  relation: "≥" | "≤";
  bound: number;
  /** Reasons not to trust the samples. */
  doubts?: readonly string[];
  /** Noise can only worsen the value: a bound that holds in spite of doubts holds. */
  noise_only_hurts?: boolean;
  /** Broken in spite of doubts if three quarters of enough samples are beyond this value. */
  beyond_doubt?: number;
}

/** A claim and its verdict. */
export interface Check extends Claim {
  /** Median of the samples. */
  value: number;
  verdict: Verdict;
  doubts: readonly string[];
}

/**
 * Judges the median of the samples. Any doubt makes the verdict inconclusive; samples far apart on
 * both sides of the bound are a doubt of their own.
 *
 * ```ts
 * judge({ figure: "a", name: "rate", unit: "×", samples: [0.9], relation: "≥", bound: 0.85 });
 * // verdict: "holds"
 * ```
 */
export function judge(claim: Claim): Check {
  const { samples } = claim;
  const [low, value, high] = quartiles(samples);
  const holds = (sample: number) =>
    claim.relation === "≥" ? sample >= claim.bound : sample <= claim.bound;
  const doubts: string[] = [];
  if (!(claim.noise_only_hurts && holds(value))) doubts.push(...claim.doubts ?? []);
  if (!Number.isFinite(value)) {
    doubts.push("no samples");
  } else {
    const [what, from, to] = !holds(value) && samples.length < ROUNDS_FEW
      ? ["range", Math.min(...samples), Math.max(...samples)] as const
      : ["middle half", low, high] as const;
    if (holds(from) !== holds(to) && (to - from) / value > SAMPLE_SPREAD_MAX) {
      const range = `${from.toFixed(2)}–${to.toFixed(2)}`;
      doubts.push(`rounds on both sides of the bound: ${what} ${range}`);
    }
  }
  if (isBeyondDoubt(claim, claim.relation === "≤" ? low : high)) {
    return { ...claim, value, verdict: "broken", doubts: [] };
  }
  const verdict = doubts.length > 0 ? "inconclusive" : holds(value) ? "holds" : "broken";
  return { ...claim, value, verdict, doubts };
}

function isBeyondDoubt({ samples, relation, beyond_doubt }: Claim, quartile: number): boolean {
  if (beyond_doubt === undefined || samples.length < ROUNDS_FEW) return false;
  return relation === "≤" ? quartile > beyond_doubt : quartile < beyond_doubt;
}

/** 0 if all checks hold, 1 if one is broken, else 2. */
export function exitCode(checks: readonly Pick<Check, "verdict">[]): 0 | 1 | 2 {
  if (checks.some(({ verdict }) => verdict === "broken")) return 1;
  return checks.length > 0 && checks.every(({ verdict }) => verdict === "holds") ? 0 : 2;
}

/** Lower quartile, median, upper quartile; NaN without values. */
export function quartiles(values: readonly number[]): [low: number, middle: number, high: number] {
  const sorted = values.toSorted((a, b) => a - b);
  return [percentile(sorted, 25), percentile(sorted, 50), percentile(sorted, 75)];
}

/** The median; NaN without values. */
export function median(values: readonly number[]): number {
  return quartiles(values)[1];
}

/** Interquartile range over the median; NaN without values. */
export function spread(values: readonly number[]): number {
  const [low, middle, high] = quartiles(values);
  return (high - low) / middle;
}

/** `values` over `rivals`, round by round. */
export function ratios(values: readonly number[], rivals: readonly number[]): number[] {
  return values.map((value, i) => value / rivals[i]);
}
