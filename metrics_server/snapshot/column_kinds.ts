/** Kinds of a snapshot's columns: from settings, names and values. Pure. */
import {
  type ColumnKind,
  type KindSource,
  knownColumn,
  matchesColumn,
} from "../../contracts/mod.ts";
import { cellEnd, cellStart, type CellTable, type Header } from "../parse/mod.ts";
import type { TimeColumn } from "./row_time.ts";
import { cellToken } from "./value.ts";

/** COUNTER_COLUMNS and LABEL_COLUMNS: names, in any case, or beginnings with `*`. */
export interface ColumnSettings {
  readonly counters: readonly string[];
  readonly labels: readonly string[];
}

export const NO_COLUMN_SETTINGS: ColumnSettings = { counters: [], labels: [] };

/** A value column's kind. Structured-cloneable. */
export interface Column {
  readonly kind: ColumnKind;
  readonly kind_from: KindSource;
}

/** Rows whose cells decide whether a column is text. */
const TEXT_ROWS_MAX = 1_024;

/** Kinds of `header.fields`, in their order. */
export function columnKinds(
  header: Header,
  table: CellTable,
  time_column: TimeColumn | null,
  settings: ColumnSettings,
): Column[] {
  return header.fields.map(({ name, column }) => {
    const fits = (pattern: string) => matchesColumn(pattern, name);
    if (settings.labels.some(fits)) return { kind: "label", kind_from: "LABEL_COLUMNS" };
    if (settings.counters.some(fits)) return { kind: "counter", kind_from: "COUNTER_COLUMNS" };
    const known = knownColumn(name);
    if (known !== null) return { kind: known.kind, kind_from: "name" };
    if (column === time_column?.column) return { kind: "time", kind_from: "TIME_COLUMN" };
    if (isText(table, column)) return { kind: "label", kind_from: "values" };
    return { kind: "gauge", kind_from: "default" };
  });
}

/** Whether most of a column's first values are text. */
function isText(table: CellTable, column: number): boolean {
  const rows = Math.min(table.rows, TEXT_ROWS_MAX);
  let texts = 0;
  for (let row = 0; row < rows; row++) {
    const token = cellToken(
      table.bytes,
      cellStart(table, row, column),
      cellEnd(table, row, column),
    );
    if (token !== "null") texts += token.startsWith('"') ? 1 : -1;
  }
  return texts > 0;
}
