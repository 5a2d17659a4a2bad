/** CSV bodies for tests: random ones, and the result of parsing any as plain data. */
import type { Shard } from "../../contracts/mod.ts";
import {
  type BadRow,
  type Buffers,
  cellEnd,
  cellStart,
  type CellTable,
  cellText,
  CsvParser,
  FRESH_BUFFERS,
  type ParsedBody,
  ParseError,
} from "../parse/mod.ts";
import type { Random } from "./random.ts";

export function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

/** The text as UTF-16 without a byte order mark. */
export function utf16(text: string, is_little: boolean): Uint8Array {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let i = 0; i < text.length; i++) view.setUint16(i * 2, text.charCodeAt(i), is_little);
  return new Uint8Array(view.buffer);
}

/** Text of characters up to U+00FF as ISO-8859-1. */
export function latin1(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** Parses a body that arrives in chunks, cut at `cuts`. */
export function parseBody(
  body: string | Uint8Array,
  cuts: readonly number[] = [],
  id_columns: readonly (readonly string[])[] = [],
  buffers: Buffers = FRESH_BUFFERS,
  shard?: Shard,
): ParsedBody {
  const bytes = typeof body === "string" ? bytesOf(body) : body;
  const parser = new CsvParser({ id_columns, buffers, shard });
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    parser.push(bytes.subarray(from, cut));
    from = cut;
  }
  return parser.finish();
}

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

export interface Outcome {
  names?: readonly string[];
  rows?: string[][];
  bad_rows?: number;
  bad_samples?: readonly BadRow[];
  uneven_rows?: number;
  ends_with_newline?: boolean;
  cause?: string;
  message?: string;
}

/** Parses like {@link parseBody}; a rejection is an outcome, too. */
export function outcomeOf(
  body: string | Uint8Array,
  cuts: readonly number[] = [],
  buffers: Buffers = FRESH_BUFFERS,
): Outcome {
  try {
    const parsed = parseBody(body, cuts, [], buffers);
    const { header: { names }, table, ...rest } = parsed;
    return { names, rows: rowsOf(table), ...rest };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return { cause: error.cause_word, message: error.message };
  }
}

/** Up to 12 places to cut a body of this length, in order, possibly equal. */
export function randomCuts(random: Random, length: number): number[] {
  return Array.from({ length: 1 + random.below(12) }, () => random.below(length + 1))
    .sort((a, b) => a - b);
}

/** Parts of random cells: without and with a meaning in CSV. */
const PLAIN = ["", "0", "18446744073709551615", "-1.5e-7", "N/A", " ", " a ", "ü€𝛑", "x'y", "\t"];
const SPECIAL = [",", '"', '""', "\n", "\r\n", "a\rb", ',\n"', "\n\n"];

export function randomTable(random: Random): string[][] {
  const columns = 1 + random.below(6);
  const header = ["switch_id", ...Array.from({ length: columns - 1 }, (_, c) => `m${c}`)];
  const rows = Array.from(
    { length: 1 + random.below(12) },
    () => Array.from({ length: columns }, () => randomCell(random)),
  );
  return [header, ...rows];
}

function randomCell(random: Random): string {
  const parts = Array.from(
    { length: random.below(4) },
    () => random.chance(0.2) ? random.of(SPECIAL) : random.of(PLAIN),
  );
  return parts.join("");
}

/**
 * Writes a table as CSV in a random style: extra quotes, one kind of line end, blank lines between
 * rows, sometimes a byte order mark or no last line end.
 */
export function writeTable(random: Random, table: readonly string[][]): string {
  const line_end = random.of(["\n", "\r\n"]);
  const blank_lines = random.of([0, 0.3]);
  const lines = table.flatMap((row) => {
    const line = row.map((cell) => writeCell(random, cell, row.length === 1)).join(",");
    return random.chance(blank_lines) ? [line, ""] : [line];
  });
  const mark = random.chance(0.2) ? "\ufeff" : "";
  return mark + lines.join(line_end) + (random.chance(0.8) ? line_end : "");
}

/** Quoted if needed: a lone empty cell would be a blank line, a last `\r` part of the line end. */
function writeCell(random: Random, cell: string, alone: boolean): string {
  const needed = /[",\n\r]/.test(cell) || (alone && cell === "");
  if (!needed && random.chance(0.8)) return cell;
  return `"${cell.replaceAll('"', '""')}"`;
}
