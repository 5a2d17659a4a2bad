/** CSV body → cell table: no copies, no object per row. Pure. */
export { type BodyRows, bodyRows, RowReader } from "./body_rows.ts";
export {
  BUFFER_BYTES_MAX,
  BufferPool,
  type Buffers,
  FRESH_BUFFERS,
  LentBuffers,
} from "./buffers.ts";
export {
  cellEnd,
  cellStart,
  type CellTable,
  cellText,
  isBlankRow,
  isQuoted,
  isUtf8,
  textOf,
  trimmedText,
} from "./cell_table.ts";
export { CsvParser } from "./csv_parser.ts";
export type { BodyLimits, ParsedBody, ParseHints } from "./parsed_body.ts";
export type { Field, Header } from "./header.ts";
export { RowIds } from "./row_ids.ts";
export {
  BAD_ROWS_MAX_PCT,
  BAD_SAMPLES_MAX,
  type BadRow,
  badRowAt,
  EXCERPT_MAX,
  noIdReason,
  ParseError,
} from "./rejection.ts";
