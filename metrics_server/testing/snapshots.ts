/** Snapshots for tests, from CSV text. */
import {
  AUTO_TIMES,
  columnKinds,
  indexRows,
  matchRows,
  NO_COLUMN_SETTINGS,
  readRowTimes,
  type SnapshotData,
} from "../snapshot/mod.ts";
import { parseBody } from "./bodies.ts";

export const HASH_KEY = { low: 0x1234_5678, high: 0x0765_4321 };

/**
 * Snapshot of a body fetched at `fetched_ms`. It shares the topology of the snapshot before, if the
 * rows and columns are the same, as polled ones do.
 */
export function snapshotOf(
  csv: string | Uint8Array,
  fetched_ms = 1_764_000_000_000,
  id_columns: readonly (readonly string[])[] = [],
  before: SnapshotData | null = null,
): SnapshotData {
  const { header, table, bad_rows, uneven_rows } = parseBody(csv, [], id_columns);
  const indexed = (before && matchRows(header, table, before.topology)) ??
    indexRows(header, table, HASH_KEY);
  const { newest_ms, time_column, own_times } = readRowTimes(
    header.names,
    indexed.table,
    fetched_ms,
    AUTO_TIMES,
  );
  return {
    id: "boot-1",
    taken_ms: time_column === null ? fetched_ms : Math.min(newest_ms, fetched_ms),
    not_after_ms: fetched_ms,
    time_source: time_column === null ? "fetch" : "rows",
    time_column,
    own_times,
    intervals_ms: [],
    table: indexed.table,
    topology: indexed.topology,
    columns: columnKinds({ ...indexed, time_column }, NO_COLUMN_SETTINGS, before),
    earlier: null,
    bad_rows: bad_rows + indexed.empty_ids,
    uneven_rows,
    repeated_ids: indexed.repeated_ids,
    rows_left_out: 0,
  };
}

export function idsOf({ topology }: Pick<SnapshotData, "topology">): string[] {
  const { id_bytes, id_offsets, rows } = topology;
  return Array.from({ length: rows }, (_, row) =>
    new TextDecoder("utf-8", { ignoreBOM: true })
      .decode(id_bytes.slice(id_offsets[row], id_offsets[row + 1])));
}
