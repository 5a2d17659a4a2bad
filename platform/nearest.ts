/** The known name that a wrong name most likely means. Pure. */

/** A wrong name of this many characters may have one error; twice as many, two; and so on. */
const CHARS_PER_ERROR = 3;

/**
 * The nearest of `names`, in any case; undefined if none is near.
 *
 * ```ts
 * nearest("outge", ["outage", "latency"]); // "outage"
 * nearest("MAX_STALE", ["MAX_STALE_MS"]); // "MAX_STALE_MS"
 * ```
 */
export function nearest(wrong: string, names: Iterable<string>): string | undefined {
  let found: string | undefined;
  let least = Infinity;
  for (const name of names) {
    const errors_max = Math.floor(Math.min(wrong.length, name.length) / CHARS_PER_ERROR);
    if (Math.abs(wrong.length - name.length) > errors_max) continue;
    const errors = distance(wrong.toLowerCase(), name.toLowerCase());
    if (errors > errors_max || errors >= least) continue;
    least = errors;
    found = name;
  }
  return found;
}

/** `; did you mean outage?`, or nothing if no name is near. */
export function didYouMean(wrong: string, names: Iterable<string>): string {
  const name = nearest(wrong, names);
  return name === undefined ? "" : `; did you mean ${name}?`;
}

/**
 * Fewest insertions, deletions, substitutions and swaps of neighbours that turn one text into the
 * other (optimal string alignment).
 */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let above = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const is_same = from[row - 1] === to[column - 1];
      let least = Math.min(
        above[column] + 1,
        current[column - 1] + 1,
        above[column - 1] + (is_same ? 0 : 1),
      );
      if (from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1]) {
        least = Math.min(least, before[column - 2] + 1);
      }
      current.push(least);
    }
    before = above;
    above = current;
  }
  return above[to.length];
}
