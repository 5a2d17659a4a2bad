/**
 * Confidence interval for a statistic of a few neighboring windows: the circular block bootstrap
 * (Politis and Romano, "A circular block-resampling procedure for stationary data", 1992) with
 * percentile intervals (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter
 * 13).
 *
 * A rank test would show whether two samples differ; the claim is about how large a ratio is.
 * Windows are drawn in blocks because a disturbance of the machine lasts for several windows, so
 * windows drawn one by one would look too certain. The seed is fixed: a journal always gets the
 * same verdict.
 */
import { percentile } from "../../platform/mod.ts";
import { seededRandom } from "../vocabulary/mod.ts";
import { BOOTSTRAP_ALPHA, BOOTSTRAP_BLOCK, BOOTSTRAP_ROUNDS } from "./limits.ts";

const SEED = 20_240_229;

/** {@link BOOTSTRAP_ALPHA} of the resamples lie beyond each bound. */
export type Interval = readonly [low: number, high: number];

/** Interval of `statistic` over groups of samples in order; it may sort the drawn arrays. */
export function bootstrap(
  groups: readonly (readonly number[])[],
  statistic: (groups: readonly Float64Array[]) => number,
): Interval {
  const random = seededRandom(SEED);
  const resamples = groups.map(({ length }) => new Float64Array(length));
  const drawn = new Float64Array(BOOTSTRAP_ROUNDS);
  for (let round = 0; round < BOOTSTRAP_ROUNDS; round++) {
    groups.forEach((group, i) => resample(group, resamples[i], random));
    drawn[round] = statistic(resamples);
  }
  drawn.sort();
  return [percentile(drawn, BOOTSTRAP_ALPHA * 100), percentile(drawn, 100 - BOOTSTRAP_ALPHA * 100)];
}

function resample(group: readonly number[], into: Float64Array, random: () => number): void {
  const { length } = group;
  for (let at = 0; at < length;) {
    const start = Math.floor(random() * length);
    for (let i = 0; i < BOOTSTRAP_BLOCK && at < length; i++) {
      into[at++] = group[(start + i) % length];
    }
  }
}
