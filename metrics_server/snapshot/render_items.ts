/**
 * The rows of a snapshot as comma-separated JSON objects, as ListMetrics sends them between
 * brackets. The poll worker renders them, once per snapshot.
 */
import { SWITCH_ID_COLUMN } from "../../contracts/mod.ts";
import { type Buffers, cellEnd, cellStart, FRESH_BUFFERS, textOf } from "../parse/mod.ts";
import { estimateItemsBytes, type SnapshotData } from "./snapshot.ts";
import { cellToken, isMissing, isNumber, isPlainText } from "./value.ts";

const SPACE = 32;
const QUOTE = 34;
const OUTPUT_BYTES_START = 4096;

/** Most bytes that one byte of a cell becomes: a control character is `\u0000`. */
const ESCAPED_BYTES_MAX = 6;

/** Longest items, in bytes of the longest body: 100,000 × 30 of 20 MB have 63 MB. */
const ITEMS_PER_BODY_MAX = 3;

/** Most memory of a snapshot with its items, likewise: 100,000 × 30 have 100 MB. */
const SNAPSHOT_PER_BODY_MAX = 4.25;

/**
 * Longest items by `UPSTREAM_MAX_BYTES`.
 *
 * @param snapshot_bytes Memory of the snapshot.
 */
export function itemsBytesMax(body_bytes_max: number, snapshot_bytes = 0): number {
  const rest_bytes = SNAPSHOT_PER_BODY_MAX * body_bytes_max - snapshot_bytes;
  return Math.floor(Math.max(0, Math.min(ITEMS_PER_BODY_MAX * body_bytes_max, rest_bytes)));
}

/** Items up to this size are rendered with every snapshot: it takes about 3 ms. */
const ITEMS_EAGER_BYTES_MAX = 1024 * 1024;

/** Snapshots whose longer items are rendered in advance after a request. */
const ITEMS_WANTED_SNAPSHOTS = 8;

/** Decides whether a source's items are rendered with the snapshot or on request. */
export class ItemsDemand {
  #wanted = 0;
  #gzip_wanted = 0;

  request(gzip = false): void {
    this.#wanted = ITEMS_WANTED_SNAPSHOTS;
    if (gzip) this.#gzip_wanted = ITEMS_WANTED_SNAPSHOTS;
  }

  /** Whether to render a new snapshot's items now. Counts the snapshot. */
  take(estimated_bytes: number, bytes_max: number): boolean {
    const wanted = this.#wanted > 0;
    if (wanted) this.#wanted--;
    if (estimated_bytes > bytes_max) return false;
    return wanted || estimated_bytes <= ITEMS_EAGER_BYTES_MAX;
  }

  /** Whether to compress a new snapshot's items now. Counts the snapshot. */
  takeGzip(): boolean {
    if (this.#gzip_wanted === 0) return false;
    this.#gzip_wanted--;
    return true;
  }
}

const encoder = new TextEncoder();
const NULL = encoder.encode("null");
const CLOSE = encoder.encode("}");

/**
 * Items of a snapshot as UTF-8 in shared memory; null if they are longer than `length_max`: text of
 * control characters is six times as long as JSON.
 */
export function renderItems(
  data: SnapshotData,
  buffers: Buffers = FRESH_BUFFERS,
  length_max = Infinity,
): Uint8Array<SharedArrayBuffer> | null {
  const { table, topology } = data;
  const { fields } = topology.header;
  const { id_bytes, id_offsets } = topology;
  const first_label = encoder.encode(`{"${SWITCH_ID_COLUMN}":`);
  const next_label = encoder.encode(`,{"${SWITCH_ID_COLUMN}":`);
  const labels = fields.map(({ name }) => encoder.encode(`,${JSON.stringify(name)}:`));
  const columns = fields.map(({ column }) => column);
  // An empty cell becomes `null`; a text cell gets two quotes.
  const row_bytes = labels.reduce((sum, { length }) => sum + length + NULL.length, 0) +
    next_label.length + CLOSE.length + 2;
  const output = new Output(estimateItemsBytes(data), buffers);
  for (let row = 0; row < table.rows; row++) {
    const id_start = id_offsets[row];
    const id_end = id_offsets[row + 1];
    const source_bytes = cellEnd(table, row, table.columns - 1) - cellStart(table, row, 0);
    const bytes_max = row_bytes + (source_bytes + id_end - id_start) * ESCAPED_BYTES_MAX;
    const target = output.reserve(bytes_max, row / table.rows);
    let at = copy(row === 0 ? first_label : next_label, target, output.length);
    at = writeId(id_bytes, id_start, id_end, target, at);
    at = writeCells(data, row, columns, labels, target, at);
    output.length = copy(CLOSE, target, at);
    if (output.length > length_max) return output.discard();
  }
  return output.shared();
}

/** This and the writers below write to `target` from `at` on and return the end. */
function writeCells(
  { table }: SnapshotData,
  row: number,
  columns: readonly number[],
  labels: readonly Uint8Array[],
  target: Uint8Array,
  at: number,
): number {
  const { bytes, cells } = table;
  const row_at = row * (table.columns + 1);
  for (let f = 0; f < columns.length; f++) {
    const cell = row_at + columns[f];
    at = copy(labels[f], target, at);
    at = writeCell(bytes, cells[cell], cells[cell + 1] - 1, target, at);
  }
  return at;
}

/** Writes {@link cellToken}, without making a string for most cells. */
function writeCell(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  if (start === end) return copy(NULL, target, at);
  if (isNumber(bytes, start, end)) return copyRange(bytes, start, end, target, at);
  if (bytes[start] !== SPACE && bytes[end - 1] !== SPACE && isPlainText(bytes, start, end)) {
    if (isMissing(bytes, start, end)) return copy(NULL, target, at);
    return writePlainText(bytes, start, end, target, at);
  }
  return copy(encoder.encode(cellToken(bytes, start, end)), target, at);
}

function writeId(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  if (isPlainText(bytes, start, end)) return writePlainText(bytes, start, end, target, at);
  return copy(encoder.encode(JSON.stringify(textOf(bytes, start, end))), target, at);
}

function writePlainText(
  bytes: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  target[at++] = QUOTE;
  at = copyRange(bytes, start, end, target, at);
  target[at++] = QUOTE;
  return at;
}

function copy(source: Uint8Array, target: Uint8Array, at: number): number {
  return copyRange(source, 0, source.length, target, at);
}

/** Labels and cells are short: a loop beats `set` with a fresh `subarray`. */
function copyRange(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): number {
  for (let i = start; i < end; i++) target[at++] = source[i];
  return at;
}

class Output {
  length = 0;
  #bytes: Uint8Array<SharedArrayBuffer>;

  constructor(expected: number, readonly buffers: Buffers) {
    this.#bytes = new Uint8Array(buffers.take(Math.max(expected, OUTPUT_BYTES_START), "items"));
  }

  /**
   * The memory, with room for `bytes` more.
   *
   * @param share Share of the rows written so far, to estimate the final size.
   */
  reserve(bytes: number, share: number): Uint8Array<SharedArrayBuffer> {
    const length = this.length + bytes;
    if (length > this.#bytes.length) this.#grow(share > 0 ? length / share : length);
    return this.#bytes;
  }

  discard(): null {
    this.buffers.give(this.#bytes.buffer);
    return null;
  }

  shared(): Uint8Array<SharedArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(bytes: number): void {
    const larger = new Uint8Array(this.buffers.take(Math.ceil(bytes), "items"));
    larger.set(this.#bytes.subarray(0, this.length));
    this.buffers.give(this.#bytes.buffer);
    this.#bytes = larger;
  }
}
