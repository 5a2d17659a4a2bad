/** Kinds of a snapshot's columns: from settings, names and values. Pure. */
import {
  type ColumnKind,
  type KindSource,
  knownColumn,
  matchesColumn,
} from "../../contracts/mod.ts";
import type { CellTable } from "../parse/mod.ts";
import { type Seen, seenIn } from "./column_values.ts";
import type { TimeColumn } from "./row_time.ts";
import type { Topology } from "./topology.ts";

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
  /** What its values have shown; null if settings or the name decide. */
  readonly seen: Seen | null;
}

/** A snapshot's cells, with the kinds of its columns once they are known. */
export interface Cells {
  readonly topology: Topology;
  readonly table: CellTable;
  readonly time_column: TimeColumn | null;
}

/**
 * Kinds of `topology.header.fields`, in their order.
 *
 * @param before The snapshot before, whose columns have shown what they are.
 * @param pause Called between batches of cells.
 */
export function columnKinds(
  cells: Cells,
  settings: ColumnSettings,
  before: (Cells & { readonly columns: readonly Column[] }) | null,
  pause: () => void = () => {},
): Column[] {
  const seen_before = new Map(
    before?.topology.header.fields.map(({ name }, field) => [name, before.columns[field].seen]),
  );
  // Other rows cannot be compared; that a value is another port's would look like a reset.
  const same = before?.topology.serial === cells.topology.serial ? before.table : null;
  return cells.topology.header.fields.map(({ name, column }): Column => {
    const fits = (pattern: string) => matchesColumn(pattern, name);
    const seen = null;
    if (settings.labels.some(fits)) return { kind: "label", kind_from: "LABEL_COLUMNS", seen };
    if (settings.counters.some(fits)) {
      return { kind: "counter", kind_from: "COUNTER_COLUMNS", seen };
    }
    const known = knownColumn(name);
    if (known !== null) return { kind: known.kind, kind_from: "name", seen };
    if (column === cells.time_column?.column) {
      return { kind: "time", kind_from: "TIME_COLUMN", seen };
    }
    return kindSeen(seenIn(cells.table, column, same, seen_before.get(name) ?? null, pause));
  });
}

function kindSeen(seen: Seen): Column {
  const kind = seen.is_counter ? "counter" : seen.type === "text" ? "label" : "gauge";
  const is_open = kind === "gauge" && seen.type !== "number";
  return { kind, kind_from: is_open ? "default" : "values", seen };
}
