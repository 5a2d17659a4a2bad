/** Rejected input: a whole body, or single rows of it. */
import type { PollCause } from "../../contracts/mod.ts";
import { printable } from "../../platform/mod.ts";
import { textOf } from "./cell_table.ts";
import type { Header } from "./header.ts";
import type { BodyLimits } from "./parsed_body.ts";

const LF = 10;

/** Share of bad rows above which the whole body is rejected. */
export const BAD_ROWS_MAX_PCT = 10;

/** Bad rows kept as examples for the log. */
export const BAD_SAMPLES_MAX = 3;

/** Bytes kept of a bad row's example. */
const BAD_SAMPLE_BYTES_MAX = 80;

/** Bytes of the body, or characters of a name, shown in a message. */
export const EXCERPT_MAX = 60;

/** A rejected body. `/stats` counts `cause_word`; the message names place and value. */
export class ParseError extends Error {
  override readonly name = "ParseError";

  constructor(readonly cause_word: PollCause, message: string) {
    super(printable(message));
  }
}

/** Longest row, its line end included. UFM's widest rows are about 8 KB. */
export const ROW_BYTES_MAX = 1024 * 1024;

/** @throws {ParseError} `row_too_long` if the row at `line` is longer than {@link ROW_BYTES_MAX} */
export function limitRow(bytes: number, line: number): void {
  if (bytes <= ROW_BYTES_MAX) return;
  throw new ParseError("row_too_long", `line ${line} is longer than ${ROW_BYTES_MAX} bytes`);
}

/** Error for a body of which more is known to follow than `limits` allow. */
export function tooManyRows(rows: number, columns: number, limits: BodyLimits): ParseError {
  const { rows_max, cells_max } = limits;
  const excess = rows > rows_max
    ? `${rows} rows: at most UPSTREAM_MAX_ROWS=${rows_max}`
    : `${rows} rows × ${columns} columns: at most UPSTREAM_MAX_CELLS=${cells_max}`;
  return new ParseError("too_large", `body has at least ${excess}`);
}

export interface BadRow {
  /** Number of its first line in the body, from 1. */
  readonly line: number;
  readonly reason: string;
  readonly text: string;
}

/** The bad rows of a body, counted, with the first few as samples. */
export class BadRows {
  count = 0;
  readonly samples: BadRow[] = [];

  /** The row `bytes[start, end)`, which begins at `line`. */
  add(bytes: Uint8Array, start: number, end: number, line: number, reason: string): void {
    this.count++;
    if (this.samples.length === BAD_SAMPLES_MAX) return;
    this.samples.push(badRow(bytes, start, end, line, reason));
  }

  /** @throws {ParseError} `too_many_bad_rows` if these are too many of `lines` */
  limit(lines: number): void {
    if (this.count * 100 <= lines * BAD_ROWS_MAX_PCT) return;
    const [{ line, reason }] = this.samples;
    throw new ParseError(
      "too_many_bad_rows",
      `${this.count} of ${lines} rows are bad: at most ${BAD_ROWS_MAX_PCT} % are left out; ` +
        `first: line ${line}, ${reason}`,
    );
  }
}

/** Why a row without an id is bad. */
export function noIdReason({ twins }: Pick<Header, "twins">) {
  return twins.length > 0 ? "no id, or unequal ones" : "no id";
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
  return { line, reason, text: printable(text) };
}

/** The row that begins at `start`, in a body of `length` bytes. Counts the lines before it. */
export function badRowAt(bytes: Uint8Array, length: number, start: number, reason: string): BadRow {
  let line = 1;
  for (let i = 0; i < start; i++) if (bytes[i] === LF) line++;
  const line_end = bytes.subarray(0, length).indexOf(LF, start);
  return badRow(bytes, start, line_end < 0 ? length : line_end, line, reason);
}
