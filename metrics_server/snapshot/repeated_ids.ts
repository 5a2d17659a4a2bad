/**
 * Ids that several sources have are listed once: from the first of them in UPSTREAM_URL, as GetMetric
 * answers.
 */
import type { SnapshotData } from "./snapshot.ts";
import { findSameId, type Topology } from "./topology.ts";

/** Which rows of some sources are not to be listed. Structured-cloneable. */
export interface RepeatedRows {
  /** Serial numbers of the topologies that this holds for. */
  readonly key: string;
  /** Of each source: 1 for a row whose id an earlier source has; null where it has no such row. */
  readonly rows: readonly (Uint8Array | null)[];
}

/**
 * What was worked out last. Looking 100,000 ids up takes some 10 ms, once a topology: the poll worker
 * does it, and serving threads hold what it tells.
 */
let last: RepeatedRows = { key: "", rows: [] };

/** What holds for the snapshots of all sources that delivered, in the order of UPSTREAM_URL. */
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

/** Takes over what another thread worked out. */
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
