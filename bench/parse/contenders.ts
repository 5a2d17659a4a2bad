/** The parsers that are compared, each told to read a whole sample. */
import { parse } from "@std/csv";
import { CsvParser } from "../../metrics_server/mod.ts";

/** Length of the pieces a body arrives in, in bytes: what `fetch` gives at a time. */
const PIECE_BYTES = 65_536;

/** What reading a sample gave: enough to see that both read the same. */
export interface Read {
  rows: number;
  columns: number;
  /** Text of a cell; rows are counted from 0, without the header. */
  cell(row: number, column: number): string;
}

/** Reads a whole sample. */
export type Contender = () => Read;

/**
 * metrics_server's parser as its poller uses it: in pieces, with the last body's size as a hint and
 * its memory used again.
 */
export function metricsServerParser(sample: Uint8Array, cells: number): Contender {
  const memory = new SameMemory();
  return () => {
    memory.reuse();
    const parser = new CsvParser(
      { id_columns: [], buffers: memory },
      { body_bytes: sample.length + 1, cells },
    );
    for (let at = 0; at < sample.length; at += PIECE_BYTES) {
      parser.push(sample.subarray(at, at + PIECE_BYTES));
    }
    const { table } = parser.finish();
    const stride = table.columns + 1;
    return {
      rows: table.rows,
      columns: table.columns,
      cell: (row, column) => {
        const at = row * stride + column;
        // A copy, because a decoder takes no shared memory.
        return new TextDecoder().decode(
          table.bytes.slice(table.cells[at], table.cells[at + 1] - 1),
        );
      },
    };
  };
}

/** `@std/csv`, given the text: decoding the bytes is not charged to it. */
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

/** Gives the same buffers again for each run; the one before is not needed any more. */
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
