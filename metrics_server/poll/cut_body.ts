/** Bodies that may be cut, though their answer ended in order. */
import { cellEnd, cellStart, type CellTable, type ParsedBody, textOf } from "../parse/mod.ts";
import type { Indexed } from "../snapshot/mod.ts";
import type { Arrived, Held } from "./accept.ts";
import { type Doubted, isBelieved } from "./doubt.ts";
import { DoubtError } from "./poll_error.ts";

/** Marks of the end of a body, whichever shard its last rows belong to. */
export interface BodyEnd {
  readonly has_newline: boolean;
  readonly rows: number;
  readonly last_id: string;
}

export function endOf(body: ParsedBody, { topology }: Indexed): BodyEnd {
  const { id_bytes, id_offsets, rows } = topology;
  return {
    has_newline: body.ends_with_newline,
    rows: rows + body.rows_left_out,
    last_id: body.last_left_out ??
      (rows === 0 ? "" : textOf(id_bytes, id_offsets[rows - 1], id_offsets[rows])),
  };
}

/**
 * A body without a final line end may be truncated inside its last cell, unless its length was
 * announced. A source that never writes one is believed unless rows are missing at the end.
 */
export function rejectCutBody(
  { body, end_known }: Arrived,
  end: BodyEnd,
  held: Held | null,
  doubted: Doubted,
): void {
  if (end.has_newline || end_known) return;
  const is_usual = held !== null && !held.end.has_newline;
  const reaches_end = held !== null && reachesEnd(end, held.end);
  if (is_usual && reaches_end) return;
  const doubt = {
    about: "line_end",
    rows: body.table.rows + body.rows_left_out,
    chance: chanceOfWholeRow(body.table),
    is_strict: held !== null && !is_usual && !reaches_end,
  } as const;
  if (isBelieved(doubted, doubt)) return;
  const ending = held === null
    ? "without a line end"
    : is_usual
    ? "without a line end and before the last row of the last body"
    : "without the line end that the last body had";
  throw new DoubtError(
    doubt,
    "truncated",
    `the body ends after ${body.received_bytes} bytes ${ending}, and its length was not announced`,
  );
}

/** Whether a body has at least as many rows as the last one, or the same last row. */
function reachesEnd(now: BodyEnd, before: BodyEnd): boolean {
  return now.rows >= before.rows || now.last_id === before.last_id;
}

/** Share of the body's bytes after which its last row would look whole: within the last cells. */
function chanceOfWholeRow(table: CellTable): number {
  if (table.rows === 0) return 1;
  let bytes = 0;
  for (let row = 0; row < table.rows; row++) {
    bytes += cellEnd(table, row, table.columns - 1) - cellStart(table, row, table.columns - 1) + 1;
  }
  return Math.min(1, bytes / table.length);
}
