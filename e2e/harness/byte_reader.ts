/** Reads a connection up to a mark, a length or its end. */
import { joinBytes } from "../../platform/mod.ts";

const READ_BYTES = 64 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export class ByteReader {
  readonly #conn: Deno.Conn;
  #held = new Uint8Array(0);

  constructor(conn: Deno.Conn) {
    this.#conn = conn;
  }

  /** Text up to the mark, without it. Throws if the connection ends first. */
  async until(mark: string): Promise<string> {
    const wanted = encoder.encode(mark);
    for (;;) {
      const at = indexOf(this.#held, wanted);
      if (at >= 0) {
        const text = decoder.decode(this.#held.subarray(0, at));
        this.#held = this.#held.slice(at + wanted.length);
        return text;
      }
      await this.#more();
    }
  }

  /** Exactly `length` bytes. Throws if the connection ends first. */
  async exactly(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const whole = new Uint8Array(length);
    const held = this.#held.subarray(0, length);
    whole.set(held);
    this.#held = this.#held.slice(held.length);
    for (let at = held.length; at < length;) {
      const read = await this.#conn.read(whole.subarray(at));
      if (read === null) throw ended(`${at} of ${length} bytes`);
      at += read;
    }
    return whole;
  }

  /** All bytes until the peer closes. */
  async toEnd(): Promise<Uint8Array<ArrayBuffer>> {
    const chunks = [this.#held];
    this.#held = new Uint8Array(0);
    for (let chunk; (chunk = await this.#read()) !== null;) chunks.push(chunk);
    return joinBytes(chunks);
  }

  async #more(): Promise<void> {
    const chunk = await this.#read();
    if (chunk === null) throw ended(JSON.stringify(decoder.decode(this.#held)));
    this.#held = joinBytes([this.#held, chunk]);
  }

  async #read(): Promise<Uint8Array<ArrayBuffer> | null> {
    const chunk = new Uint8Array(READ_BYTES);
    const read = await this.#conn.read(chunk);
    return read === null ? null : chunk.subarray(0, read);
  }
}

function ended(after: string): Error {
  return new Error(`the peer closed the connection after ${after}`);
}

function indexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  let from = bytes.indexOf(wanted[0]);
  while (from >= 0) {
    if (wanted.every((byte, i) => bytes[from + i] === byte)) return from;
    from = bytes.indexOf(wanted[0], from + 1);
  }
  return -1;
}
