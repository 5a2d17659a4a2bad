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
}

/**
 * Selects at most `limit` matching rows from a position on. If several sources have an id, the
 * first source wins.
 *
 * @param ids Null selects all rows.
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
    // One extra row: the first row of the next page.
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

/** Time of the oldest snapshot with a selected row; without any, of the oldest snapshot. */
export function oldestTaken(
  snapshots: readonly Snapshot[],
  rows: readonly (readonly number[])[],
): number {
  const listed = snapshots.filter((_, source) => rows[source].length > 0);
  return Math.min(...(listed.length > 0 ? listed : snapshots).map(({ data }) => data.taken_ms));
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
