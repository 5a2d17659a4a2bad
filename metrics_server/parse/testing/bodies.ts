/** Bodies for the parser's tests: parsed whole or in pieces, and what came of them as plain data. */
import type { BadRow } from "../bad_row.ts";
import { type Buffers, FRESH_BUFFERS } from "../buffers.ts";
import { cellEnd, cellStart, type CellTable } from "../cell_table.ts";
import { CsvParser, type ParsedBody } from "../csv_parser.ts";
import { ParseError } from "../parse_error.ts";
import { cellText } from "../text.ts";
import type { Random } from "./random.ts";

/** UTF-8 bytes of a text. */
export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** Parses a body whose pieces end at `cuts`. */
export function parseBody(
  body: string | Uint8Array,
  cuts: readonly number[] = [],
  id_columns: readonly string[] = [],
  buffers: Buffers = FRESH_BUFFERS,
): ParsedBody {
  const bytes = typeof body === "string" ? bytesOf(body) : body;
  const parser = new CsvParser({ id_columns, buffers });
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    parser.push(bytes.subarray(from, cut));
    from = cut;
  }
  return parser.finish();
}

/** Texts of all cells, row by row. */
export function rowsOf(table: CellTable): string[][] {
  return Array.from(
    { length: table.rows },
    (_, row) =>
      Array.from(
        { length: table.columns },
        (_, column) =>
          cellText(table.bytes, cellStart(table, row, column), cellEnd(table, row, column)),
      ),
  );
}

/** What came of a body. */
export interface Outcome {
  names?: readonly string[];
  rows?: string[][];
  bad_rows?: number;
  bad_samples?: readonly BadRow[];
  ends_with_newline?: boolean;
  cause?: string;
  message?: string;
}

/** Parses like {@link parseBody}; a rejection is an outcome too. */
export function outcomeOf(
  body: string | Uint8Array,
  cuts: readonly number[] = [],
  buffers: Buffers = FRESH_BUFFERS,
): Outcome {
  try {
    const parsed = parseBody(body, cuts, [], buffers);
    const { header, table, bad_rows, bad_samples, ends_with_newline } = parsed;
    return {
      names: header.names,
      rows: rowsOf(table),
      bad_rows,
      bad_samples,
      ends_with_newline,
    };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { cause: error.cause_word, message: error.message };
  }
}

/** Where to cut a body of this length: up to 12 places, in order, some of them the same. */
export function randomCuts(random: Random, length: number): number[] {
  return Array.from({ length: 1 + random.below(12) }, () => random.below(length + 1))
    .sort((a, b) => a - b);
}
