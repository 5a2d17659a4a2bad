/** Rows that were left out, as examples for the log. */
import { BAD_SAMPLE_BYTES_MAX } from "./limits.ts";
import { textOf } from "./text.ts";

const LF = 10;

/** A row that was left out. */
export interface BadRow {
  /** Number of its first line in the body, from 1. */
  readonly line: number;
  readonly reason: string;
  /** The row's beginning. */
  readonly text: string;
}

/** The row `bytes[start, end)`, which begins at `line`. */
export function badRow(
  bytes: Uint8Array,
  start: number,
  end: number,
  line: number,
  reason: string,
): BadRow {
  const text = textOf(bytes, start, Math.min(end, start + BAD_SAMPLE_BYTES_MAX)).trimEnd();
  return { line, reason, text };
}

/** The row that begins at `start`, in a body of `length` bytes: counts the lines before it. */
export function badRowAt(
  bytes: Uint8Array,
  length: number,
  start: number,
  reason: string,
): BadRow {
  let line = 1;
  for (let i = 0; i < start; i++) if (bytes[i] === LF) line++;
  const line_end = bytes.subarray(0, length).indexOf(LF, start);
  return badRow(bytes, start, line_end < 0 ? length : line_end, line, reason);
}
