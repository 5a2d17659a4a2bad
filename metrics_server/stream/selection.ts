/** The cells that a stream covers, and whether they differ between snapshots. Pure. */
import { cellEnd, cellStart } from "../parse/mod.ts";
import { SWITCH_ID_COLUMN } from "../../contracts/mod.ts";
import type { Snapshot } from "../snapshot/mod.ts";
import { type IdFilter, oldestTaken, pageOf } from "../serve/mod.ts";

/** Ids and metrics of a stream; null: all. */
export interface StreamFilter {
  readonly ids: IdFilter | null;
  readonly metrics: readonly string[] | null;
}

export interface StreamView {
  readonly id: string;
  readonly missing: readonly string[];
  readonly snapshots: readonly Snapshot[];
}

export interface Selected {
  readonly rows: readonly number[];
  readonly columns: readonly { readonly name: string; readonly column: number }[];
}

export function select({ snapshots }: StreamView, { ids, metrics }: StreamFilter): Selected[] {
  const { sources } = pageOf(snapshots, ids, 0, Infinity);
  return sources.map(({ snapshot, rows }) => {
    const columns = (metrics ?? snapshot.metrics())
      .map((name) => ({ name, column: snapshot.column(name) }))
      .filter(({ column }) => column >= 0);
    return { rows, columns };
  });
}

/** Rows of each source from which the bytes of all its rows are estimated. */
const SAMPLE_ROWS = 32;

/** Bytes of a selection as JSON, estimated from evenly spaced rows. */
export function estimateBytes({ snapshots }: StreamView, selected: readonly Selected[]): number {
  let sum = 0;
  for (const [source, { rows, columns }] of selected.entries()) {
    const snapshot = snapshots[source];
    const samples = Math.min(rows.length, SAMPLE_ROWS);
    let chars = 0;
    for (let n = 0; n < samples; n++) {
      const row = rows[Math.floor(n * rows.length / samples)];
      chars += `{"${SWITCH_ID_COLUMN}":"${snapshot.idOf(row)}"},`.length;
      for (const { name, column } of columns) {
        chars += `,"${name}":`.length + snapshot.token(row, column).length;
      }
    }
    if (samples > 0) sum += chars * rows.length / samples;
  }
  return Math.ceil(sum);
}

/** Time of a selection: of the oldest snapshot with a selected row, else of the oldest one. */
export function takenOf({ snapshots }: StreamView, selected: readonly Selected[]): number {
  return oldestTaken(snapshots, selected.map(({ rows }) => rows));
}

/** Whether two views have the same rows and columns, so that only values can differ. */
export function sameTopology(a: StreamView, b: StreamView): boolean {
  return a.snapshots.length === b.snapshots.length && a.missing.length === b.missing.length &&
    a.snapshots.every((snapshot, source) => sameRows(snapshot, b.snapshots[source]));
}

/** Whether a cell has the same bytes in both snapshots, or a rate the same value. */
export function sameCell(a: Snapshot, b: Snapshot, row: number, column: number): boolean {
  const [from, to] = [a.data.table, b.data.table];
  if (column >= to.columns) return a.token(row, column) === b.token(row, column);
  let i = cellStart(from, row, column);
  let j = cellStart(to, row, column);
  const end = cellEnd(from, row, column);
  if (end - i !== cellEnd(to, row, column) - j) return false;
  while (i < end) if (from.bytes[i++] !== to.bytes[j++]) return false;
  return true;
}

function sameRows(a: Snapshot, b: Snapshot): boolean {
  const [from, to] = [a.data.topology, b.data.topology];
  if (from.rows !== to.rows || !sameArray(from.header.names, to.header.names)) return false;
  const length = from.id_offsets[from.rows];
  if (length !== to.id_offsets[to.rows]) return false;
  for (let i = 0; i < length; i++) if (from.id_bytes[i] !== to.id_bytes[i]) return false;
  for (let r = 0; r < from.rows; r++) if (from.id_offsets[r] !== to.id_offsets[r]) return false;
  return true;
}

function sameArray(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
