/** Selects the rows of a list. */
import { repeatedRows, type Snapshot } from "../snapshot/mod.ts";
import type { IdFilter } from "./list_query.ts";

const encoder = new TextEncoder();

/** Edges of each node, one per byte. */
const BYTES = 256;

/** No edge. Also the root, because no edge leads back to it. */
const DEAD = 0;

/** Prefixes as a tree of bytes, so that each byte of an id is compared once. */
export class Prefixes {
  /** Their common beginning; a plain comparison is faster than the tree. */
  readonly #head: Uint8Array;
  /** Edge of node `n` for byte `b`: `#edges[n * BYTES + b]`. */
  readonly #edges: Uint16Array;
  /** 1 if a prefix ends at the node. */
  readonly #ends: Uint8Array;

  /** Node numbers fit 16 bits, because a query string is shorter than 2^16 bytes. */
  constructor(prefixes: readonly string[]) {
    const whole = prefixes.map((prefix) => encoder.encode(prefix));
    this.#head = headOf(whole);
    const all = whole.map((prefix) => prefix.subarray(this.#head.length));
    const nodes_max = all.reduce((sum, { length }) => sum + length, 1);
    this.#edges = new Uint16Array(nodes_max * BYTES);
    this.#ends = new Uint8Array(nodes_max);
    let nodes = 1;
    for (const prefix of all) {
      let node = 0;
      for (const byte of prefix) {
        const edge = node * BYTES + byte;
        if (this.#edges[edge] === DEAD) this.#edges[edge] = nodes++;
        node = this.#edges[edge];
      }
      this.#ends[node] = 1;
    }
  }

  /** Whether `bytes[start, end)` begins with a prefix. */
  begin(bytes: Uint8Array, start: number, end: number): boolean {
    const edges = this.#edges;
    const ends = this.#ends;
    const head = this.#head;
    if (end - start < head.length) return false;
    for (let i = 0; i < head.length; i++) if (bytes[start + i] !== head[i]) return false;
    if (ends[0] === 1) return true;
    for (let i = start + head.length, node = 0; i < end; i++) {
      node = edges[node * BYTES + bytes[i]];
      if (node === DEAD) return false;
      if (ends[node] === 1) return true;
    }
    return false;
  }
}

function headOf([first = new Uint8Array(), ...others]: readonly Uint8Array[]): Uint8Array {
  const differs_at = first.findIndex((byte, i) => others.some((other) => other[i] !== byte));
  return differs_at < 0 ? first : first.subarray(0, differs_at);
}

/** Selected rows of one source, in source order. */
interface SourceRows {
  readonly snapshot: Snapshot;
  readonly rows: readonly number[];
}

export interface Page {
  readonly sources: readonly SourceRows[];
  /** Position of the next page's first row, over all sources; null on the last page. */
  readonly next: number | null;
  /** Rows left out because they are too old. */
  readonly too_old: number;
}

/**
 * Selects at most `limit` matching rows from a position on. If several sources have an id, the
 * first source wins.
 *
 * @param ids Null selects all rows.
 * @param isTooOld Whether to leave out a row of this time.
 */
export function pageOf(
  snapshots: readonly Snapshot[],
  ids: IdFilter | null,
  from: number,
  limit: number,
  isTooOld: ((time_ms: number) => boolean) | null = null,
): Page {
  let too_old = 0;
  let before = 0;
  let room = limit;
  let next: number | null = null;
  const repeated = repeatedRows(snapshots.map(({ data }) => data)).rows;
  const sources: SourceRows[] = [];
  for (const [source, snapshot] of snapshots.entries()) {
    const isListed = (row: number) => {
      if (repeated[source]?.[row] === 1) return false;
      if (isTooOld === null || !isTooOld(snapshot.takenMs(row))) return true;
      too_old++;
      return false;
    };
    const first = Math.max(0, from - before);
    // One extra row: the first row of the next page.
    const found: number[] = next === null ? matching(snapshot, ids, isListed, first, room + 1) : [];
    if (found.length > room) next = before + found.pop()!;
    room -= found.length;
    sources.push({ snapshot, rows: found });
    before += snapshot.data.topology.rows;
  }
  return { sources, next, too_old };
}

/** Time of the oldest snapshot with a selected row; without any, of the oldest snapshot. */
export function oldestTaken(
  snapshots: readonly Snapshot[],
  rows: readonly (readonly number[])[],
): number {
  const listed = snapshots.filter((_, source) => rows[source].length > 0);
  return Math.min(...(listed.length > 0 ? listed : snapshots).map(({ data }) => data.taken_ms));
}

/** Time of the oldest listed row; NaN if rows have no times of their own. */
export function oldestListed({ sources }: Page): number {
  const listed = sources.filter(({ rows }) => rows.length > 0);
  if (listed.every(({ snapshot }) => snapshot.data.own_times === null)) return NaN;
  const times = listed.map(({ snapshot, rows }) =>
    rows.reduce((oldest_ms, row) => Math.min(oldest_ms, snapshot.takenMs(row)), Infinity)
  );
  return Math.min(...times);
}

/** Time of the oldest listed row that is named, not matched by a prefix; Infinity without one. */
export function oldestNamed({ sources }: Page, ids: IdFilter | null): number {
  let oldest_ms = Infinity;
  if (ids === null || ids.exact.length === 0) return oldest_ms;
  for (const { snapshot, rows } of sources) {
    const named = new Set(ids.exact.map((id) => snapshot.row(id)));
    for (const row of rows) {
      if (named.has(row)) oldest_ms = Math.min(oldest_ms, snapshot.takenMs(row));
    }
  }
  return oldest_ms;
}

export function unknownId(
  snapshots: readonly Snapshot[],
  ids: readonly string[],
): string | undefined {
  return ids.find((id) => snapshots.every((snapshot) => snapshot.row(id) < 0));
}

function matching(
  snapshot: Snapshot,
  ids: IdFilter | null,
  isListed: (row: number) => boolean,
  from: number,
  max: number,
): number[] {
  const { rows, id_bytes, id_offsets } = snapshot.data.topology;
  const found: number[] = [];
  if (ids === null) {
    for (let row = from; row < rows && found.length < max; row++) {
      if (isListed(row)) found.push(row);
    }
    return found;
  }
  const exact = new Set(ids.exact.map((id) => snapshot.row(id)).filter((row) => row >= from));
  if (ids.prefixes.length === 0) {
    for (const row of [...exact].sort((a, b) => a - b)) {
      if (found.length < max && isListed(row)) found.push(row);
    }
    return found;
  }
  const prefixes = new Prefixes(ids.prefixes);
  for (let row = from; row < rows && found.length < max; row++) {
    const fits = prefixes.begin(id_bytes, id_offsets[row], id_offsets[row + 1]);
    if ((fits || exact.has(row)) && isListed(row)) found.push(row);
  }
  return found;
}
