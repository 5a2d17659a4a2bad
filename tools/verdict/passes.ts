/** Takes passes of a measurement until enough of them were undisturbed. */
import { disturbed, startForeignLoad } from "./foreign_load.ts";
import { ATTEMPTS_PER_PASS_MAX, ROUNDS_MIN } from "./limits.ts";

/** What was taken. */
export interface Passes<T> {
  /** The undisturbed ones, or all where those are too few to prove anything. */
  taken: T[];
  /** Share of the machine other programs took during these, on average. */
  foreign_share: number;
  /** How many were left out because other programs ran. */
  left_out: number;
}

/**
 * Takes passes until `wanted` were undisturbed, at most {@link ATTEMPTS_PER_PASS_MAX} times as many.
 * What is left out is left out for what other programs did, never for what was measured.
 */
export async function takePasses<T>(
  wanted: number,
  take: (attempt: number) => Promise<T>,
  startForeign: () => () => number = startForeignLoad,
): Promise<Passes<T>> {
  const quiet: Pass<T>[] = [], all: Pass<T>[] = [];
  while (quiet.length < wanted && all.length < wanted * ATTEMPTS_PER_PASS_MAX) {
    const foreignShare = startForeign();
    const pass = { value: await take(all.length), foreign_share: foreignShare() };
    all.push(pass);
    if (disturbed(pass.foreign_share).length === 0) quiet.push(pass);
  }
  const used = quiet.length >= Math.min(wanted, ROUNDS_MIN) ? quiet : all;
  const total = used.reduce((sum, { foreign_share }) => sum + foreign_share, 0);
  return {
    taken: used.map(({ value }) => value),
    foreign_share: total / used.length,
    left_out: all.length - used.length,
  };
}

interface Pass<T> {
  value: T;
  foreign_share: number;
}
