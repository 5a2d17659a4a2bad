/** Makes a failing input small. */

export interface ShrinkOptions<T> {
  /** Smaller inputs to try, the smallest first. */
  candidates(value: T): Iterable<T>;
  /** Whether the failure is still there. */
  isBroken(value: T): boolean | Promise<boolean>;
  /** Most calls of `isBroken`. */
  readonly runs_max: number;
}

export interface Shrunk<T> {
  readonly value: T;
  /** Calls of `isBroken`. */
  readonly runs: number;
  /** Whether no candidate of the value fails; false if the calls ran out before. */
  readonly is_minimal: boolean;
}

/**
 * Replaces a failing input by its first candidate that also fails, until no candidate fails.
 *
 * A greedy search: the result is minimal in that none of its candidates fails. An input is tried
 * once, so a failure must not depend on chance, or `isBroken` must try it often enough.
 */
export async function shrink<T>(
  broken: T,
  { candidates, isBroken, runs_max }: ShrinkOptions<T>,
): Promise<Shrunk<T>> {
  const tried = new Set<string>();
  let value = broken, runs = 0;
  search: for (;;) {
    for (const candidate of candidates(value)) {
      const key = JSON.stringify(candidate);
      if (tried.has(key)) continue;
      if (runs >= runs_max) return { value, runs, is_minimal: false };
      tried.add(key);
      runs++;
      if (!await isBroken(candidate)) continue;
      value = candidate;
      continue search;
    }
    return { value, runs, is_minimal: true };
  }
}
