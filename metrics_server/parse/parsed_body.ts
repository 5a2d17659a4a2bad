/** What the parser takes and returns. */
import type { Shard } from "../../contracts/mod.ts";
import type { Buffers } from "./buffers.ts";
import type { CellTable } from "./cell_table.ts";
import type { Header } from "./header.ts";
import type { BadRow } from "./rejection.ts";

export interface ParsedBody {
  readonly header: Header;
  readonly table: CellTable;
  readonly bad_rows: number;
  readonly bad_samples: readonly BadRow[];
  /** Rows taken although they lack empty cells at their end, or have extra ones. */
  readonly uneven_rows: number;
  /** Whether the last line had a line end. */
  readonly ends_with_newline: boolean;
  /** Length of the body, rows of other shards included. */
  readonly received_bytes: number;
  /** Rows of other shards. */
  readonly rows_left_out: number;
  /** Id of the last row, if that is of another shard; else null. */
  readonly last_left_out: string | null;
}

/** Most that is kept of one body: each bounds a part of its memory. */
export interface BodyLimits {
  readonly bytes_max: number;
  readonly rows_max: number;
  /** Rows × columns. */
  readonly cells_max: number;
}

export const NO_LIMITS: BodyLimits = {
  bytes_max: Infinity,
  rows_max: Infinity,
  cells_max: Infinity,
};

export interface ParseOptions {
  /** Alternative sets of identity columns; empty for the default. */
  readonly id_columns: readonly (readonly string[])[];
  readonly buffers?: Buffers;
  /** Rows to keep; absent: all. */
  readonly shard?: Shard;
  /** Absent: none. A shard counts only the rows that it keeps. */
  readonly limits?: BodyLimits;
}

/** Expected sizes, so that buffers need not grow. Wrong hints cost time, never data. */
export interface ParseHints {
  /** Content-Length, or the last body's length: of the rows to keep and one chunk. */
  readonly body_bytes?: number;
  readonly cells?: number;
}
