/** Whether this checkout is slower than a baseline, from rounds taken in turn. Pure. */
import type { Round } from "../rig/mod.ts";
import { type Check, judge, percent, quartiles } from "../../tools/verdict/mod.ts";
import { signedRank } from "./signed_rank.ts";

/** Probability of a false alarm over all comparisons. */
const ERROR_SHARE_MAX = 0.05;
/** Interquartile range of a slow-down over its median; above it the rounds disagree. */
const SPREAD_MAX = 0.2;

export interface Comparison {
  figure: string;
  name: string;
  /** Slow-down of `head`: above 1 if it is slower. */
  factor(head: Round, base: Round): number;
  /** Tolerated slow-down: two runs of one commit differ by as much. */
  factor_max: number;
}

export const DEFAULT_COMPARISONS: readonly Comparison[] = [
  {
    figure: "default",
    name: "time per request at full load",
    factor: (head, base) => base.rate_per_s / head.rate_per_s,
    factor_max: 1.05,
  },
  {
    figure: "default",
    name: "p95",
    factor: (head, base) => head.p95_ms / base.p95_ms,
    factor_max: 1.1,
  },
];

export const REFRESH_COMPARISONS: readonly Comparison[] = [
  {
    figure: "refresh",
    name: "p99 at 10,000/s",
    factor: (head, base) => head.p99_ms / base.p99_ms,
    factor_max: 1.15,
  },
];

/** p-value of a significant slow-down: all comparisons share the error (Bonferroni). */
const P_VALUE_MAX = ERROR_SHARE_MAX /
  (DEFAULT_COMPARISONS.length + REFRESH_COMPARISONS.length);

/** Pairs of rounds without which no slow-down is significant. */
export const PAIRS_MIN = Math.ceil(-Math.log2(P_VALUE_MAX));

/**
 * Judges the estimated slow-down: it holds within the tolerance, is broken if it exceeds it and
 * {@link signedRank} finds it significant, and is inconclusive otherwise.
 */
export function judgeComparison(
  { figure, name, factor, factor_max }: Comparison,
  base_name: string,
  head: readonly Round[],
  base: readonly Round[],
  doubts: readonly string[],
): Check {
  const factors = head.map((round, i) => factor(round, base[i]));
  const { p_value, estimate } = signedRank(factors.map(Math.log));
  const slow_down = Math.exp(estimate);
  const [low, middle, high] = quartiles(factors);
  const is_slower = slow_down > factor_max;
  const unproven = [...doubts];
  if (factors.length < PAIRS_MIN) {
    const max = P_VALUE_MAX.toFixed(3);
    unproven.push(`${factors.length} pairs of rounds cannot show a slow-down at p = ${max}`);
  }
  if ((high - low) / middle > SPREAD_MAX) {
    const spread = percent((high - low) / middle);
    unproven.push(`${name} to ${base_name}: rounds spread over ${spread}`);
  }
  if (is_slower && p_value > P_VALUE_MAX) {
    unproven.push(`${name} to ${base_name}: could be chance, p = ${p_value.toFixed(3)}`);
  }
  const significance = is_slower ? ` (slower, p = ${p_value.toFixed(3)})` : "";
  const check = judge({
    figure,
    name: `${name} to ${base_name}${significance}`,
    unit: "×",
    samples: [slow_down],
    relation: "≤",
    bound: factor_max,
    doubts: unproven,
  });
  return { ...check, samples: factors };
}
