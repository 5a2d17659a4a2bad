/** Selects the rows of a list. */
import { repeatedRows, type Snapshot } from "../snapshot/mod.ts";
import type { IdFilter } from "./list_query.ts";

const encoder = new TextEncoder();

/** Ways on from each node: one a byte. */
const BYTES = 256;

/** No way on; the root, too, since none leads back to it. */
const DEAD = 0;

/**
 * Prefixes as a tree of their bytes: each byte of an id is looked at once, whatever they are and
 * however many. Comparing an id with one prefix after the other took 85 ms of 100,000 ids where
 * they differ late.
 */
export class Prefixes {
  /** What all of them begin with: a plain comparison takes a quarter of a walk's time. */
  readonly #head: Uint8Array;
  /** The node that byte `b` leads to from node `n`: `#ways[n * BYTES + b]`. */
  readonly #ways: Uint16Array;
  /** 1 where a prefix ends at the node. */
  readonly #ends: Uint8Array;

  /** Together they have fewer bytes than a query string, so that 16 bits count the nodes. */
  constructor(prefixes: readonly string[]) {
    const whole = prefixes.map((prefix) => encoder.encode(prefix));
    this.#head = headOf(whole);
    const all = whole.map((prefix) => prefix.subarray(this.#head.length));
    const nodes_max = all.reduce((sum, { length }) => sum + length, 1);
    this.#ways = new Uint16Array(nodes_max * BYTES);
    this.#ends = new Uint8Array(nodes_max);
    let nodes = 1;
    for (const prefix of all) {
      let node = 0;
      for (const byte of prefix) {
        const way = node * BYTES + byte;
        if (this.#ways[way] === DEAD) this.#ways[way] = nodes++;
        node = this.#ways[way];
      }
      this.#ends[node] = 1;
    }
  }

  /** Whether `bytes[start, end)` begins with one of them. */
  begin(bytes: Uint8Array, start: number, end: number): boolean {
    const ways = this.#ways;
    const ends = this.#ends;
    const head = this.#head;
    if (end - start < head.length) return false;
    for (let i = 0; i < head.length; i++) if (bytes[start + i] !== head[i]) return false;
    if (ends[0] === 1) return true;
    for (let i = start + head.length, node = 0; i < end; i++) {
      node = ways[node * BYTES + bytes[i]];
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

/** Rows of one source, in its order. */
interface SourceRows {
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
