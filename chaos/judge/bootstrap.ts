/**
 * How far a statistic of a few, neighboring, not quite independent windows can be trusted: the
 * circular block bootstrap (Politis and Romano, "A circular block-resampling procedure for
 * stationary data", 1992) with percentile intervals (Efron and Tibshirani, "An Introduction to the
 * Bootstrap", 1993, chapter 13).
 *
 * Chosen over a rank test because the question is how large a ratio is, not whether two samples
 * differ at all; and in blocks because a disturbance of the machine lasts for several windows, so
 * that windows drawn one by one would look more certain than they are.
 *
 * The draws come from a fixed seed: the same journal gives the same verdict.
 */
import { percentile } from "../../platform/mod.ts";
import { seededRandom } from "../vocabulary/mod.ts";
import { BOOTSTRAP_ALPHA, BOOTSTRAP_BLOCK, BOOTSTRAP_ROUNDS } from "./limits.ts";

const SEED = 20_240_229;

/** Lower and upper bound, each passed by {@link BOOTSTRAP_ALPHA} of the resamples. */
export type Interval = readonly [low: number, high: number];

/**
 * Interval of `statistic` over samples in the order they were taken, each a group of its own. The
 * arrays it is given are drawn anew each time: it may sort them.
 *
 * ```ts
 * bootstrap([fault, baseline], ([a, b]) => median(a) / median(b)); // [0.97, 1.08]
 * ```
 */
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
  return [
    percentile(drawn, BOOTSTRAP_ALPHA * 100),
    percentile(drawn, 100 - BOOTSTRAP_ALPHA * 100),
  ];
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
