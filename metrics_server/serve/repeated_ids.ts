/**
 * Ids that several sources have are listed once: from the first of them in UPSTREAM_URL, as GetMetric
 * answers.
 */
import { findSameId, type Snapshot } from "../snapshot/mod.ts";

/** Of each source: 1 for a row whose id an earlier source has; null where it has no such row. */
export type RepeatedRows = readonly (Uint8Array | null)[];

/** What was worked out last. Rows change seldom: looking 100,000 ids up takes some milliseconds. */
let last: { readonly key: string; readonly repeated: RepeatedRows } = { key: "", repeated: [] };

/** Rows that are not to be listed, of each of the sources. */
export function repeatedRows(snapshots: readonly Snapshot[]): RepeatedRows {
  if (snapshots.length < 2) return [null];
  const key = snapshots.map(({ data }) => data.topology.serial).join();
  if (last.key !== key) {
    const repeated = snapshots.map((snapshot, source) =>
      repeatedIn(snapshot, snapshots.slice(0, source))
    );
    last = { key, repeated };
  }
  return last.repeated;
}

function repeatedIn({ data }: Snapshot, earlier: readonly Snapshot[]): Uint8Array | null {
  const { rows, id_bytes, id_offsets } = data.topology;
  let repeated: Uint8Array | null = null;
  for (const { data: { topology } } of earlier) {
    for (let row = 0; row < rows; row++) {
      const [start, end] = [id_offsets[row], id_offsets[row + 1]];
      if (findSameId(topology, id_bytes, start, end) < 0) continue;
      repeated ??= new Uint8Array(rows);
      repeated[row] = 1;
    }
  }
  return repeated;
}
