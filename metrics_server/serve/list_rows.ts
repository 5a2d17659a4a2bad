/** Which rows of the snapshots a list has. Pure. */
import { repeatedRows, type Snapshot } from "../snapshot/mod.ts";
import type { IdFilter } from "./list_query.ts";
import { Prefixes } from "./prefixes.ts";

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
 * The rows that match, from a position on, `limit` at most; of an id that several sources have the
 * first source's.
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
  const repeated = repeatedRows(snapshots.map(({ data }) => data)).rows;
  const sources: SourceRows[] = [];
  for (const [source, snapshot] of snapshots.entries()) {
    const first = Math.max(0, from - before);
    // One more than there is room for: the one that the next page begins with.
    const found: number[] = next === null
      ? matching(snapshot, ids, repeated[source], first, room + 1)
      : [];
    if (found.length > room) next = before + found.pop()!;
    room -= found.length;
    sources.push({ snapshot, rows: found });
    before += snapshot.data.topology.rows;
  }
  return { sources, next };
}

/** Time of the oldest snapshot with a row among these, of each source; of all where none has. */
export function oldestTaken(
  snapshots: readonly Snapshot[],
  rows: readonly (readonly number[])[],
): number {
  const told = snapshots.filter((_, source) => rows[source].length > 0);
  return Math.min(...(told.length > 0 ? told : snapshots).map(({ data }) => data.taken_ms));
}

/** The first of the ids that no snapshot has. */
export function unknownId(
  snapshots: readonly Snapshot[],
  ids: readonly string[],
): string | undefined {
  return ids.find((id) => snapshots.every((snapshot) => snapshot.row(id) < 0));
}

function matching(
  snapshot: Snapshot,
  ids: IdFilter | null,
  repeated: Uint8Array | null,
  from: number,
  max: number,
): number[] {
  const { rows, id_bytes, id_offsets } = snapshot.data.topology;
  const found: number[] = [];
  const isOwn = (row: number) => repeated === null || repeated[row] === 0;
  if (ids === null) {
    for (let row = from; row < rows && found.length < max; row++) if (isOwn(row)) found.push(row);
    return found;
  }
  const exact = new Set(ids.exact.map((id) => snapshot.row(id)).filter((row) => row >= from));
  if (ids.prefixes.length === 0) {
    return [...exact].filter(isOwn).sort((a, b) => a - b).slice(0, max);
  }
  const prefixes = new Prefixes(ids.prefixes);
  for (let row = from; row < rows && found.length < max; row++) {
    const fits = prefixes.begin(id_bytes, id_offsets[row], id_offsets[row + 1]);
    if ((fits || exact.has(row)) && isOwn(row)) found.push(row);
  }
  return found;
}
