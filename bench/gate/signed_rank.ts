/**
 * Wilcoxon's signed-rank test on pairs of rounds, exact. Pure.
 *
 * Why this one: rounds come in pairs taken next to each other, so that only the differences within
 * pairs count; rounds are few and their times are not normal, so no t-test; and a round disturbed
 * by a factor of ten counts by its rank alone, so neither the test nor the estimate follows it.
 */
import { median } from "../../tools/verdict/mod.ts";

/** A slow-down found between pairs. */
export interface SignedRank {
  /**
   * Probability of differences at least this much above 0 where there is no true one. With n pairs
   * it is no less than 2^-n.
   */
  p_value: number;
  /** Hodges–Lehmann estimate: the median of the means of all two differences. */
  estimate: number;
}

/**
 * One-sided: whether the differences are above 0.
 *
 * ```ts
 * signedRank([1, 2, 3, 4, 5, 6]); // p_value 1/64, estimate 3.5
 * ```
 */
export function signedRank(differences: readonly number[]): SignedRank {
  const nonzero = differences.filter((difference) => difference !== 0);
  const ranks = doubledRanks(nonzero.map(Math.abs));
  const above = ranks.reduce((sum, rank, i) => nonzero[i] > 0 ? sum + rank : sum, 0);
  return { p_value: tail(ranks, above), estimate: median(walshAverages(differences)) };
}

/** Twice the rank of each value, ties sharing their mean: whole numbers. */
function doubledRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return 2 * below + equal + 1;
  });
}

/** Share of all ways to give signs to these ranks whose positive sum is at least `above`. */
function tail(ranks: readonly number[], above: number): number {
  const total = ranks.reduce((sum, rank) => sum + rank, 0);
  const shares = new Float64Array(total + 1);
  shares[0] = 1;
  for (const rank of ranks) {
    for (let sum = total; sum >= 0; sum--) {
      shares[sum] = (shares[sum] + (sum >= rank ? shares[sum - rank] : 0)) / 2;
    }
  }
  return shares.subarray(above).reduce((sum, share) => sum + share, 0);
}

function walshAverages(values: readonly number[]): number[] {
  return values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2));
}
