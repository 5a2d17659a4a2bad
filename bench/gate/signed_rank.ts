/**
 * Exact signed-rank test of Wilcoxon on pairs of rounds. Pure.
 *
 * Rounds come in adjacent pairs, so only differences within pairs matter. Rounds are few and their
 * times are not normal, which rules out a t-test. Ranks make test and estimate robust: a round
 * slowed tenfold by a disturbance counts by its rank alone.
 */
import { median } from "../../tools/verdict/mod.ts";

interface SignedRank {
  /** Probability of such differences by chance; with n pairs at least 2^-n. */
  p_value: number;
  /** Hodges–Lehmann estimate: the median of the pairwise means of the differences. */
  estimate: number;
}

/** Tests one-sided whether the differences are above 0. */
export function signedRank(differences: readonly number[]): SignedRank {
  const nonzero = differences.filter((difference) => difference !== 0);
  const ranks = doubledRanks(nonzero.map(Math.abs));
  const above = ranks.reduce((sum, rank, i) => nonzero[i] > 0 ? sum + rank : sum, 0);
  return { p_value: tail(ranks, above), estimate: median(walshAverages(differences)) };
}

/** Twice the rank of each value, an integer even for ties, which share their mean rank. */
function doubledRanks(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return 2 * below + equal + 1;
  });
}

/** Share of all sign assignments whose sum of positive ranks is at least `above`. */
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
