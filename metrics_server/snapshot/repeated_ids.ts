/** Ids of several sources: listed once, from the first source in UPSTREAM_URL. */
import type { SnapshotData } from "./snapshot.ts";
import { findSameId, type Topology } from "./topology.ts";

/** Rows to leave out of lists. Structured-cloneable. */
export interface RepeatedRows {
  /** Serial numbers of the topologies this applies to. */
  readonly key: string;
  /** Per source: 1 for each row whose id an earlier source has; null without such a row. */
  readonly rows: readonly (Uint8Array | null)[];
}

/**
 * The last result. Searching 100,000 ids takes some 10 ms, so the poll worker does it, once per
 * topology, and serving threads receive the result.
 */
let last: RepeatedRows = { key: "", rows: [] };

/** Repeated rows of the snapshots of all sources, in the order of UPSTREAM_URL. */
export function repeatedRows(snapshots: readonly Pick<SnapshotData, "topology">[]): RepeatedRows {
  const topologies = snapshots.map(({ topology }) => topology);
  const key = topologies.map(({ serial }) => serial).join();
  if (last.key !== key) {
    const rows = topologies.map((topology, source) =>
      repeatedIn(topology, topologies.slice(0, source))
    );
    last = { key, rows };
  }
  return last;
}

/** Sets the result that the poll worker computed. */
export function holdRepeatedRows(repeated: RepeatedRows): void {
  last = repeated;
}

function repeatedIn(
  { rows, id_bytes, id_offsets }: Topology,
  earlier: readonly Topology[],
): Uint8Array | null {
  let repeated: Uint8Array | null = null;
  for (const topology of earlier) {
    for (let row = 0; row < rows; row++) {
      if (findSameId(topology, id_bytes, id_offsets[row], id_offsets[row + 1]) < 0) continue;
      repeated ??= new Uint8Array(rows);
      repeated[row] = 1;
    }
  }
  return repeated;
}
