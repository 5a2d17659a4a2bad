/** The two parsers, each as a function that parses a whole sample. */
import { parse } from "@std/csv";
import { CsvParser } from "../../metrics_server/mod.ts";

/** Chunk size of a body, as `fetch` delivers it, in bytes. */
const CHUNK_BYTES = 65_536;

export interface Read {
  rows: number;
  columns: number;
  /** Text of a cell; row 0 follows the header. */
  cell(row: number, column: number): string;
}

export type Contender = () => Read;

/** metrics_server's parser as its poller uses it: chunks, a size hint and reused memory. */
export function metricsServerParser(sample: Uint8Array, cells: number): Contender {
  const memory = new SameMemory();
  return () => {
    memory.reuse();
    const parser = new CsvParser(
      { id_columns: [], buffers: memory },
      { body_bytes: sample.length + 1, cells },
    );
    for (let at = 0; at < sample.length; at += CHUNK_BYTES) {
      parser.push(sample.subarray(at, at + CHUNK_BYTES));
    }
    const { table } = parser.finish();
    const stride = table.columns + 1;
    return {
      rows: table.rows,
      columns: table.columns,
      cell: (row, column) => {
        const at = row * stride + column;
        // TextDecoder does not accept shared memory: decode a copy.
        return new TextDecoder().decode(
          table.bytes.slice(table.cells[at], table.cells[at + 1] - 1),
        );
      },
    };
  };
}

/** `@std/csv` on decoded text: its time excludes UTF-8 decoding. */
export function stdCsvParser(sample: Uint8Array): Contender {
  const text = new TextDecoder().decode(sample);
  return () => {
    const records = parse(text);
    return {
      rows: records.length - 1,
      columns: records[0].length,
      cell: (row, column) => records[row + 1][column],
    };
  };
}

/** Reuses the buffers of the previous run. */
class SameMemory {
  #free: SharedArrayBuffer[] = [];
  #taken: SharedArrayBuffer[] = [];

  reuse(): void {
    this.#free = this.#taken;
    this.#taken = [];
  }

  take(bytes: number): SharedArrayBuffer {
    const fits = this.#free.findIndex(({ byteLength }) => byteLength >= bytes);
    const buffer = fits < 0 ? new SharedArrayBuffer(bytes) : this.#free.splice(fits, 1)[0];
    this.#taken.push(buffer);
    return buffer;
  }

  give(_buffer: SharedArrayBuffer): void {}
}
