/** Parts of a run that are judged each by itself, so that none hides in the length of the others. */
import type { Run } from "./run.ts";
import type { Span } from "./span.ts";
import { baseline, faultsOn, lengthOf } from "./spans.ts";

/** Spans cut where the baseline ends and where a fault goes on or off. */
export function cutAtFaults(run: Run, spans: readonly Span[]): Span[] {
  const before = baseline(run);
  const edges = [
    ...(before === null ? [] : [before.to_ms]),
    ...faultsOn(run).flatMap(({ from_ms, to_ms }) => [from_ms, to_ms]),
  ].toSorted((a, b) => a - b);
  return spans.flatMap(({ from_ms, to_ms }) => {
    const inner = edges.filter((edge_ms) => edge_ms > from_ms && edge_ms < to_ms);
    const starts = [from_ms, ...inner], ends = [...inner, to_ms];
    return starts.map((start_ms, i) => ({ from_ms: start_ms, to_ms: ends[i] }))
      .filter((piece) => piece.to_ms > piece.from_ms);
  });
}

/** Joins each piece that is not enough to the shorter of its neighbors, the shortest first. */
export function joinSmall(
  pieces: readonly (readonly Span[])[],
  isEnough: (piece: readonly Span[]) => boolean,
): (readonly Span[])[] {
  const joined = [...pieces];
  while (joined.length > 1) {
    const small = joined.filter((piece) => !isEnough(piece))
      .toSorted((a, b) => lengthOf(a) - lengthOf(b))[0];
    if (small === undefined) break;
    const at = joined.indexOf(small);
    const before = at === 0 ? Infinity : lengthOf(joined[at - 1]);
    const after = at === joined.length - 1 ? Infinity : lengthOf(joined[at + 1]);
    const first = before <= after ? at - 1 : at;
    joined.splice(first, 2, together(joined[first], joined[first + 1]));
  }
  return joined;
}

/** One after the other; where they touch, what lies across the seam is within. */
function together(a: readonly Span[], b: readonly Span[]): Span[] {
  const last = a[a.length - 1], [next, ...rest] = b;
  if (last.to_ms < next.from_ms) return [...a, ...b];
  return [...a.slice(0, -1), { from_ms: last.from_ms, to_ms: next.to_ms }, ...rest];
}
