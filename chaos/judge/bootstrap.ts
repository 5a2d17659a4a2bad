/**
 * Confidence interval for a statistic of the load's windows: the circular block bootstrap (Politis
 * and Romano, "A circular block-resampling procedure for stationary data", 1992) with percentile
 * intervals (Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, chapter 13).
 *
 * A rank test would show whether two samples differ; the claim is about how large a difference is.
 * Windows are drawn in blocks because a disturbance of the machine lasts for several windows, so
 * windows drawn one by one would look too certain. A drawn window brings the requests of both
 * sides: what disturbed both at once cancels out. The seed is fixed: a journal always gets the same
 * verdict.
 */
import { percentile } from "../../platform/mod.ts";
import type { LoadRecord } from "../journal/mod.ts";
import { seededRandom } from "../vocabulary/mod.ts";
import { BOOTSTRAP_ALPHA, BOOTSTRAP_BLOCK, BOOTSTRAP_ROUNDS } from "./limits.ts";
import { LoadTable, type Sides } from "./pooled.ts";

const SEED = 20_240_229;

/** {@link BOOTSTRAP_ALPHA} of the resamples lie beyond each bound. */
export type Interval = readonly [low: number, high: number];

/** Interval of a statistic over groups of windows in order, such as the baseline and the faults. */
export function bootstrap(
  groups: readonly (readonly LoadRecord[])[],
  statistic: (groups: readonly Sides[]) => number,
): Interval {
  const random = seededRandom(SEED);
  const tables = groups.map((windows) => new LoadTable(windows));
  const drawn = new Float64Array(BOOTSTRAP_ROUNDS);
  for (let round = 0; round < BOOTSTRAP_ROUNDS; round++) {
    drawn[round] = statistic(tables.map((table) => table.pool(blocks(table.length, random))));
  }
  drawn.sort();
  return [percentile(drawn, BOOTSTRAP_ALPHA * 100), percentile(drawn, 100 - BOOTSTRAP_ALPHA * 100)];
}

/** As many indexes as there are windows, in blocks of neighbors. */
function blocks(length: number, random: () => number): number[] {
  const indexes: number[] = [];
  while (indexes.length < length) {
    const start = Math.floor(random() * length);
    for (let i = 0; i < BOOTSTRAP_BLOCK && indexes.length < length; i++) {
      indexes.push((start + i) % length);
    }
  }
  return indexes;
}
