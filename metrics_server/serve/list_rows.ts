/** Which rows of the snapshots a list has. Pure. */
import type { Snapshot } from "../snapshot/mod.ts";
import type { IdFilter } from "./list_query.ts";

const encoder = new TextEncoder();

/** Rows of one source, in its order. */
export interface SourceRows {
  readonly snapshot: Snapshot;
  readonly rows: readonly number[];
}

/** The rows of a page. */
export interface Page {
  readonly sources: readonly SourceRows[];
  /** Position of the first row that did not fit, counted over all sources; null where all did. */
  readonly next: number | null;
}

/**
 * The rows that match, from a position on, `limit` at most.
 *
 * @param ids null: all rows.
 */
export function pageOf(
  snapshots: readonly Snapshot[],
  ids: IdFilter | null,
  from: number,
  limit: number,
): Page {
  let before = 0;
  let room = limit;
  let next: number | null = null;
  const sources: SourceRows[] = [];
  for (const snapshot of snapshots) {
    const first = Math.max(0, from - before);
    // One more than there is room for: the one that the next page begins with.
    const found: number[] = next === null ? matching(snapshot, ids, first, room + 1) : [];
    if (found.length > room) next = before + found.pop()!;
    room -= found.length;
    sources.push({ snapshot, rows: found });
    before += snapshot.data.topology.rows;
  }
  return { sources, next };
}

/** The first of the ids that no snapshot has. */
export function unknownId(
  snapshots: readonly Snapshot[],
  ids: readonly string[],
): string | undefined {
  return ids.find((id) => snapshots.every((snapshot) => snapshot.row(id) < 0));
}

function matching(snapshot: Snapshot, ids: IdFilter | null, from: number, max: number): number[] {
  const { rows, id_bytes, id_offsets } = snapshot.data.topology;
  const found: number[] = [];
  if (ids === null) {
    for (let row = from; row < rows && found.length < max; row++) found.push(row);
    return found;
  }
  const exact = new Set(ids.exact.map((id) => snapshot.row(id)).filter((row) => row >= from));
  if (ids.prefixes.length === 0) return [...exact].sort((a, b) => a - b).slice(0, max);
  const prefixes = ids.prefixes.map((prefix) => encoder.encode(prefix));
  for (let row = from; row < rows && found.length < max; row++) {
    const [start, end] = [id_offsets[row], id_offsets[row + 1]];
    const fits = prefixes.some((prefix) => beginsWith(id_bytes, start, end, prefix));
    if (fits || exact.has(row)) found.push(row);
  }
  return found;
}

function beginsWith(bytes: Uint8Array, start: number, end: number, prefix: Uint8Array): boolean {
  if (end - start < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[start + i] !== prefix[i]) return false;
  return true;
}
