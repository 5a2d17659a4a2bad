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

/** Refused in a row, each agreeing with the one before. */
export interface Doubted {
  readonly count: number;
  readonly last: Doubt | null;
}

/** Nothing was refused. */
export const NO_DOUBT: Doubted = { count: 0, last: null };

/** After one more refusal. */
export function doubtAgain(before: Doubted, doubt: Doubt): Doubted {
  if (isRepeated(before.last, doubt)) return before;
  return { count: agrees(before.last, doubt) ? before.count + 1 : 1, last: doubt };
}

/** Whether enough has been refused to take this one. */
export function isBelieved(before: Doubted, doubt: Doubt): boolean {
  return before.count >= DOUBTED_MAX && agrees(before.last, doubt);
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
