/** CSV body → cell table: no copies, no object per row. Pure. */
export { BufferPool, type Buffers, FRESH_BUFFERS } from "./buffers.ts";
export {
  cellEnd,
  cellStart,
  type CellTable,
  cellText,
  isQuoted,
  isUtf8,
  textOf,
  trimmedText,
} from "./cell_table.ts";
export { CsvParser, type ParsedBody, type ParseHints } from "./csv_parser.ts";
export type { Field, Header } from "./header.ts";
export {
  BAD_ROWS_MAX_PCT,
  BAD_SAMPLES_MAX,
  type BadRow,
  badRowAt,
  EXCERPT_MAX,
  ParseError,
} from "./rejection.ts";
