/** The known name that a wrong name most likely means. Pure. */

/** A wrong name of this many characters may have one error; twice as many, two; and so on. */
const CHARS_PER_ERROR = 3;

/**
 * The nearest of `names`, in any case; else undefined.
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
    const errors = lacksEnd(wrong, name) ? 1 : distance(wrong, name, errors_max);
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

/** Whether `name` is the wrong name and a short last word, as a unit: `switch`, `switch_id`. */
function lacksEnd(wrong: string, name: string): boolean {
  return name.toLowerCase().startsWith(`${wrong.toLowerCase()}_`) &&
    name.length - wrong.length <= wrong.length / 2;
}

/**
 * Fewest insertions, deletions, substitutions and swaps of neighbours that turn one text into the
 * other (optimal string alignment), in any case; Infinity if the lengths differ by over `max`.
 */
function distance(first: string, second: string, max: number): number {
  if (Math.abs(first.length - second.length) > max) return Infinity;
  const [from, to] = [first.toLowerCase(), second.toLowerCase()];
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
