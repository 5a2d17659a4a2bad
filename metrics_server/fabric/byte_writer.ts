const encoder = new TextEncoder();

/** Most UTF-8 bytes of a UTF-16 code unit. */
const UNIT_BYTES_MAX = 3;

/** Memory that text is written to as UTF-8. */
export class ByteWriter {
  length = 0;
  #bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: number) {
    this.#bytes = new Uint8Array(bytes);
  }

  /** Everything written. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.length);
  }

  text(text: string): void {
    this.#reserve(text.length * UNIT_BYTES_MAX);
    this.length += encoder.encodeInto(text, this.#bytes.subarray(this.length)).written;
  }

  /** Copies `bytes[start, end)`; for short ranges a loop beats `set`. */
  range(bytes: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start);
    const target = this.#bytes;
    let at = this.length;
    for (let i = start; i < end; i++) target[at++] = bytes[i];
    this.length = at;
  }

  /** Everything written, until the next write; the writer is empty then. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes;
    this.length = 0;
    return taken;
  }

  #reserve(bytes: number): void {
    if (this.length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.length + bytes));
    larger.set(this.bytes);
    this.#bytes = larger;
  }
}
