/**
 * All rows of a snapshot as JSON objects, comma-separated, without the brackets around them: what
 * ListMetrics sends. Made once a snapshot, off the serving thread.
 */
import { SWITCH_ID_COLUMN } from "../../contracts/mod.ts";
import { type Buffers, cellEnd, cellStart, cellText, FRESH_BUFFERS, textOf } from "../parse/mod.ts";
import type { SnapshotData } from "./snapshot.ts";
import { CELL_MISSING, CELL_NUMBER, cellKind } from "./value.ts";

const encoder = new TextEncoder();
const NULL = encoder.encode("null");
const CLOSE = encoder.encode("}");
const OUTPUT_BYTES_START = 4096;

/** Bytes the items will have, roughly. */
export function estimateItemsBytes({ table, topology }: SnapshotData): number {
  const names = topology.header.fields.reduce((sum, { name }) => sum + name.length + 4, 0);
  return table.length + table.rows * (names + SWITCH_ID_COLUMN.length + 8);
}

/**
 * Items of a snapshot as UTF-8 in shared memory.
 *
 * ```ts
 * renderItems(snapshot); // bytes of {"switch_id":"sw-000","latency_us":1.5},{…}
 * ```
 */
export function renderItems(
  data: SnapshotData,
  buffers: Buffers = FRESH_BUFFERS,
): Uint8Array<SharedArrayBuffer> {
  const { table, topology } = data;
  const { fields } = topology.header;
  const output = new Output(estimateItemsBytes(data), buffers);
  const labels = fields.map(({ name }) => encoder.encode(`,${JSON.stringify(name)}:`));
  const first_label = encoder.encode(`{"${SWITCH_ID_COLUMN}":`);
  const next_label = encoder.encode(`,{"${SWITCH_ID_COLUMN}":`);
  for (let row = 0; row < table.rows; row++) {
    output.write(row === 0 ? first_label : next_label);
    const id_end = topology.id_offsets[row + 1];
    output.writeText(JSON.stringify(textOf(topology.id_bytes, topology.id_offsets[row], id_end)));
    for (let f = 0; f < fields.length; f++) {
      output.write(labels[f]);
      const column = fields[f].column;
      writeCell(output, table.bytes, cellStart(table, row, column), cellEnd(table, row, column));
    }
    output.write(CLOSE);
  }
  return output.shared();
}

function writeCell(output: Output, bytes: Uint8Array, start: number, end: number): void {
  while (start < end && bytes[start] === 32) start++;
  while (end > start && bytes[end - 1] === 32) end--;
  switch (cellKind(bytes, start, end)) {
    case CELL_NUMBER:
      return output.writeRange(bytes, start, end);
    case CELL_MISSING:
      return output.write(NULL);
    default:
      return output.writeText(JSON.stringify(cellText(bytes, start, end)));
  }
}

/** Growing byte buffer. */
class Output {
  #bytes: Uint8Array<SharedArrayBuffer>;
  #length = 0;

  constructor(expected: number, readonly buffers: Buffers) {
    this.#bytes = new Uint8Array(buffers.take(Math.max(expected, OUTPUT_BYTES_START)));
  }

  write(part: Uint8Array): void {
    this.writeRange(part, 0, part.length);
  }

  /** Cells and labels are short: a loop beats `set` with a fresh `subarray`. */
  writeRange(source: Uint8Array, start: number, end: number): void {
    if (this.#length + end - start > this.#bytes.length) this.#grow(end - start);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = start; i < end; i++) bytes[at++] = source[i];
    this.#length = at;
  }

  writeText(text: string): void {
    this.write(encoder.encode(text));
  }

  shared(): Uint8Array<SharedArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  #grow(bytes: number): void {
    const wanted = Math.max(this.#length + bytes, Math.ceil(this.#bytes.length * 1.5));
    const larger = new Uint8Array(this.buffers.take(wanted));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.buffers.give(this.#bytes.buffer);
    this.#bytes = larger;
  }
}
