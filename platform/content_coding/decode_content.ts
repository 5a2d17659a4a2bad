/**
 * Undoes content codings while a body arrives.
 *
 *     chunks ──> gunzip ──> inflate ──> … ──> decoded chunks, at most `bytes_max` bytes
 *                 each coding checks its own end, and that nothing follows it
 */
import type { BrotliDecompress, Gunzip, Inflate, InflateRaw } from "node:zlib";
import { joinBytes } from "../bytes.ts";
import { BODY_START_BYTES, describeStart, formatOf, hasZlibHeader, isText } from "./body_start.ts";
import { type Coding, type CodingFault, ContentCodingError } from "./content_encoding.ts";

type Engine = Gunzip | Inflate | InflateRaw | BrotliDecompress;
type Chunks = AsyncIterable<Uint8Array>;

/** Size of decoded chunks. */
const CHUNK_BYTES = 64 * 1024;

/** Bytes read and written before other work of the thread has its turn: 2–5 ms. */
const TURN_BYTES = 4 * 1024 * 1024;

/**
 * Decodes a body. All gzip members are read (RFC 1952 §2.2), and zero bytes may pad the end of the
 * last, as gzip(1) allows. `deflate` is zlib or, as some servers send it, raw. An empty body stays
 * empty. Leaving the loop early frees all memory.
 *
 * @param codings In the order in which they were applied.
 * @param bytes_max Most bytes that each coding may decode to.
 * @throws {ContentCodingError} While iterating: `mismatch`, `damaged`, `truncated`, `too_large`.
 */
export function decodeContent(
  body: Chunks,
  codings: readonly Coding[],
  bytes_max: number,
): Chunks {
  return codings.reduceRight<Chunks>((chunks, coding) => decode(chunks, coding, bytes_max), body);
}

async function* decode(body: Chunks, coding: Coding, bytes_max: number) {
  let decoder: Decoder | null = null;
  let since_turn_bytes = 0;
  try {
    for await (const chunk of withStart(body, BODY_START_BYTES)) {
      if (chunk.length === 0) continue;
      decoder ??= new Decoder(coding, chunk, bytes_max);
      since_turn_bytes += chunk.length;
      for await (const decoded of decoder.push(chunk)) {
        yield decoded;
        since_turn_bytes += decoded.length;
        if (since_turn_bytes > TURN_BYTES) {
          since_turn_bytes = 0;
          await new Promise((resolve) => setTimeout(resolve, 0));
        }
      }
    }
    await decoder?.finish();
  } finally {
    decoder?.close();
  }
}

/** The same chunks, but the first has at least `bytes` bytes unless the body is shorter. */
export async function* withStart(chunks: Chunks, bytes: number): AsyncGenerator<Uint8Array> {
  let start: Uint8Array | null = new Uint8Array();
  for await (const chunk of chunks) {
    if (start === null) {
      yield chunk;
      continue;
    }
    // A copy, because a chunk may be memory that the next one is read into.
    start = joinBytes([start, chunk]);
    if (start.length < bytes) continue;
    yield start;
    start = null;
  }
  if (start !== null && start.length > 0) yield start;
}

/** One coding. An engine of `node:zlib` that has seen its end leaves further bytes unread. */
class Decoder {
  readonly #start: Uint8Array;
  readonly #engine: Engine;
  #pushed_bytes = 0;
  #decoded_bytes = 0;
  #last_byte = 0;
  #error: Error | null = null;
  #wake = () => {};

  constructor(readonly coding: Coding, start: Uint8Array, readonly bytes_max: number) {
    this.#start = start.slice(0, BODY_START_BYTES);
    this.#engine = openEngine(coding, start)
      .on("readable", () => this.#wake())
      .on("end", () => this.#wake())
      .on("error", (error) => {
        this.#error = error;
        this.#wake();
      });
  }

  async *push(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
    if (this.#unread > 0) return this.#checkRest(chunk);
    yield* this.#write(chunk);
    this.#last_byte = chunk[chunk.length - 1];
    if (this.#error !== null) {
      const { message } = this.#error;
      throw this.#fault("damaged", isNoHeader(message) ? NOT_GZIP : `is damaged: ${message}`);
    }
    this.#checkRest(chunk.subarray(chunk.length - this.#unread));
  }

  /** Checks that the coding has ended: if so, the engine does not read one byte more. */
  async finish(): Promise<void> {
    if (this.#unread > 0) return;
    const ending = `ends before its end mark, after ${this.#pushed_bytes} bytes`;
    for await (const _ of this.#write(new Uint8Array(1)));
    // One byte after a member: the engine waits for a second one.
    const is_other = isNoHeader(this.#error?.message) && this.#last_byte !== GZIP_FIRST_BYTE;
    if (is_other) throw this.#fault("damaged", NOT_GZIP);
    if (this.#unread === 0) throw this.#fault("truncated", ending);
  }

  /** Bytes after the end of the coding. */
  get #unread(): number {
    return this.#error === null ? this.#pushed_bytes - this.#engine.bytesWritten : 0;
  }

  close(): void {
    this.#engine.destroy();
  }

  async *#write(chunk: Uint8Array): AsyncGenerator<Uint8Array> {
    this.#pushed_bytes += chunk.length;
    let is_read = false;
    this.#engine.write(chunk, () => {
      is_read = true;
      this.#wake();
    });
    for (;;) {
      for (let piece = this.#engine.read(); piece !== null; piece = this.#engine.read()) {
        this.#decoded_bytes += piece.length;
        if (this.#decoded_bytes > this.bytes_max) {
          throw new ContentCodingError(
            "too_large",
            `at least ${this.#decoded_bytes} decoded bytes`,
          );
        }
        yield piece;
      }
      if (is_read || this.#engine.readableEnded || this.#error !== null) return;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  #checkRest(rest: Uint8Array): void {
    const is_padding = this.coding === "gzip" && rest.every((byte) => byte === 0);
    if (rest.length === 0 || is_padding) return;
    const next = describeStart(rest.subarray(0, BODY_START_BYTES));
    throw this.#fault("damaged", `is followed by ${next}`);
  }

  /** A body of another format is a `mismatch`: its data is not damaged, its header is wrong. */
  #fault(fault: CodingFault, what: string): ContentCodingError {
    const { coding } = this;
    const is_other = coding === "gzip"
      ? formatOf(this.#start) !== "gzip"
      : isText(this.#start) || formatOf(this.#start) !== null && !hasZlibHeader(this.#start);
    if (!is_other) return new ContentCodingError(fault, `the body's ${coding} data ${what}`);
    return new ContentCodingError(
      "mismatch",
      `Content-Encoding declares ${coding}, but the body begins with ${describeStart(this.#start)}`,
    );
  }
}

const GZIP_FIRST_BYTE = 0x1f;
const NOT_GZIP = "is followed by bytes that are not gzip";

/** Only of gzip's later members: {@link Decoder} reports another format at the start. */
function isNoHeader(message: string | undefined): boolean {
  return message === "incorrect header check";
}

function openEngine(coding: Coding, start: Uint8Array): Engine {
  // Loaded by the first compressed body: loading takes 20 ms.
  // deno-lint-ignore no-process-global
  const zlib = process.getBuiltinModule("node:zlib");
  const options = { chunkSize: CHUNK_BYTES };
  if (coding === "gzip") return zlib.createGunzip(options);
  if (coding === "br") return zlib.createBrotliDecompress(options);
  return hasZlibHeader(start) ? zlib.createInflate(options) : zlib.createInflateRaw(options);
}
