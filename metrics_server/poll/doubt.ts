/**
 * Bodies that look wrong but may be right: an older timestamp (the source's clock was set back), or
 * a missing last line end (the source no longer writes one). They are refused at first and believed
 * when they persist. Pure.
 */

/** Consistent bodies refused in a row for one doubt; the next one is believed. */
const DOUBTED_MAX = 3;

/** What looks wrong, with the value that the next body is compared with. */
export type Doubt =
  | { readonly about: "time"; readonly source_ts: number }
  | { readonly about: "line_end"; readonly rows: number };

/** Consistent refusals in a row for one kind of doubt. */
interface Refused {
  readonly count: number;
  readonly last: Doubt | null;
}

/**
 * Refusals per kind of doubt. A body can raise both and is refused for one of them first: with one
 * shared count, the two would reset each other for ever.
 */
export type Doubted = Readonly<Record<Doubt["about"], Refused>>;

const NONE_REFUSED: Refused = { count: 0, last: null };

export const NO_DOUBT: Doubted = { time: NONE_REFUSED, line_end: NONE_REFUSED };

/** The state after one more refusal. */
export function doubtAgain(before: Doubted, doubt: Doubt): Doubted {
  const { count, last } = before[doubt.about];
  if (isRepeated(last, doubt)) return before;
  const refused = { count: isConsistent(last, doubt) ? count + 1 : 1, last: doubt };
  return { ...before, [doubt.about]: refused };
}

/** Whether enough consistent bodies were refused to accept this one. */
export function isBelieved(before: Doubted, doubt: Doubt): boolean {
  const { count, last } = before[doubt.about];
  return count >= DOUBTED_MAX && isConsistent(last, doubt);
}

/** The same snapshot polled again: no new evidence. */
function isRepeated(last: Doubt | null, next: Doubt): boolean {
  return next.about === "time" && last?.about === "time" && next.source_ts === last.source_ts;
}

function isConsistent(last: Doubt | null, next: Doubt): boolean {
  // A clock that was set back keeps running; a stale replica repeats one time.
  if (next.about === "time") return last?.about === "time" && next.source_ts > last.source_ts;
  // Random cuts rarely leave the same number of rows three times.
  return last?.about === "line_end" && next.rows === last.rows;
}
