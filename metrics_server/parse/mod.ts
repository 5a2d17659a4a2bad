/** CSV body → cell table: no copies, no object a row. Pure. */
export { type BadRow, badRowAt } from "./bad_row.ts";
export { BufferPool, type Buffers, FREE_BUFFERS_MAX, FRESH_BUFFERS } from "./buffers.ts";
export { cellEnd, cellStart, type CellTable } from "./cell_table.ts";
export { CsvParser, type ParsedBody, type ParseHints } from "./csv_parser.ts";
export type { Field, Header } from "./header.ts";
export {
  BAD_ROWS_MAX_PCT,
  BAD_SAMPLES_MAX,
  COLUMNS_MAX,
  EXCERPT_MAX,
  ROW_BYTES_MAX,
} from "./limits.ts";
export { ParseError } from "./parse_error.ts";
export { cellText, isUtf8, textOf } from "./text.ts";
