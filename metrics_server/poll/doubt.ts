/**
 * Answers that look wrong but may be right: an older timestamp (the source's clock was set back), a
 * last row without its line end (the source writes none now). They are refused, and believed if
 * they keep coming. Pure.
 */
import type { PollCause } from "../../contracts/mod.ts";
import { PollError } from "./poll_error.ts";

/** Answers refused in a row for one doubt; the next that agrees with them is believed. */
export const DOUBTED_MAX = 3;

/** What looks wrong, and what the next answer is compared with. */
export type Doubt =
  | { readonly about: "time"; readonly source_ts: number }
  | { readonly about: "line_end"; readonly rows: number };

/** Refused in a row for one kind of doubt, each agreeing with the one before. */
interface Refused {
  readonly count: number;
  readonly last: Doubt | null;
}

/**
 * What was refused, each kind of doubt for itself: an answer can give rise to both, and is refused
 * for one of them first. One count for both would begin anew with each turn, for ever.
 */
export type Doubted = Readonly<Record<Doubt["about"], Refused>>;

const NONE_REFUSED: Refused = { count: 0, last: null };

/** Nothing was refused. */
export const NO_DOUBT: Doubted = { time: NONE_REFUSED, line_end: NONE_REFUSED };

/** After one more refusal. */
export function doubtAgain(before: Doubted, doubt: Doubt): Doubted {
  const { count, last } = before[doubt.about];
  if (isRepeated(last, doubt)) return before;
  const refused = { count: agrees(last, doubt) ? count + 1 : 1, last: doubt };
  return { ...before, [doubt.about]: refused };
}

/** Whether enough has been refused to take this one. */
export function isBelieved(before: Doubted, doubt: Doubt): boolean {
  const { count, last } = before[doubt.about];
  return count >= DOUBTED_MAX && agrees(last, doubt);
}

/** The same snapshot again: a poll between two of the source's says nothing new. */
function isRepeated(last: Doubt | null, next: Doubt): boolean {
  return next.about === "time" && last?.about === "time" && next.source_ts === last.source_ts;
}

function agrees(last: Doubt | null, next: Doubt): boolean {
  // A clock that was set back runs on; a replica that fell behind shows one time again and again.
  if (next.about === "time") return last?.about === "time" && next.source_ts > last.source_ts;
  // Where a body is cut is chance: it hardly leaves the same rows three times.
  return last?.about === "line_end" && next.rows === last.rows;
}

/** Refused, for now. */
export class DoubtError extends PollError {
  constructor(readonly doubt: Doubt, cause: PollCause, message: string) {
    super(cause, message, 200);
  }
}
