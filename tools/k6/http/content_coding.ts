/** Content codings of bodies (RFC 9110 §8.4), synchronous because the VU may be blocked. */
import {
  brotliCompressSync,
  brotliDecompressSync,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateRawSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from "node:zlib";
import { CODINGS_MAX, hasZlibHeader, joinBytes } from "../../../platform/mod.ts";
import { RequestBody } from "./request_body.ts";

/** Result of {@link decodeBody}: the bytes, or why there are none. */
export type Decoded =
  | { readonly bytes: Uint8Array }
  | { readonly failure: "bad_encoding" | "body_too_large" };

type Decoder = (bytes: Uint8Array, bytes_max: number) => Uint8Array;

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: gunzip,
  "x-gzip": gunzip,
  deflate: inflate,
  br: unbrotli,
  zstd: unzstd,
};

/** The codings of Content-Encoding lines, outermost last, in lower case. */
export function codingsOf(lines: readonly string[]): string[] {
  return lines.flatMap((line) => line.split(",")).map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity");
}

/** The first coding that {@link decodeBody} does not know. */
export function unknownCoding(codings: readonly string[]): string | undefined {
  return codings.find((name) => !Object.hasOwn(DECODERS, name));
}

/** Decodes all known codings, the last one first; a body that is cut or has more bytes fails. */
export function decodeBody(
  codings: readonly string[],
  bytes: Uint8Array,
  bytes_max: number,
): Decoded {
  if (codings.length > CODINGS_MAX) return { failure: "bad_encoding" };
  try {
    const body = codings.reduceRight((one, name) => DECODERS[name](one, bytes_max), bytes);
    // A Buffer of node:zlib is a view whose slice() does not copy.
    return { bytes: new Uint8Array(body.buffer, body.byteOffset, body.length) };
  } catch (error) {
    const is_size = (error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE";
    return { failure: is_size ? "body_too_large" : "bad_encoding" };
  }
}

/** What the engine of `node:zlib` decoded, and how many bytes that took. */
function measured(
  decode: typeof inflateSync,
  bytes: Uint8Array,
  maxOutputLength: number,
): { output: Uint8Array; used: number } {
  const { buffer, engine } = decode(
    bytes,
    { maxOutputLength, info: true } as object,
  ) as unknown as {
    buffer: Uint8Array;
    engine: { bytesWritten: number };
  };
  return { output: buffer, used: engine.bytesWritten };
}

function demand(holds: boolean, what: string): void {
  if (!holds) throw new TypeError(what);
}

/** All members (RFC 1952 §2.2); only zeros may follow, as tools that pad write them. */
function gunzip(bytes: Uint8Array, bytes_max: number): Uint8Array {
  const { output, used } = measured(gunzipSync, bytes, bytes_max);
  demand(bytes.subarray(used).every((byte) => byte === 0), "bytes after the last gzip member");
  return output;
}

/** With the header of zlib (RFC 1950), or raw as some servers send it. */
function inflate(bytes: Uint8Array, bytes_max: number): Uint8Array {
  const decode = hasZlibHeader(bytes) ? inflateSync : inflateRawSync;
  const { output, used } = measured(decode, bytes, bytes_max);
  demand(used === bytes.length, "bytes after the deflate stream");
  return output;
}

/** The engine does not report a cut stream, but only such a stream reads one more byte. */
function unbrotli(bytes: Uint8Array, bytes_max: number): Uint8Array {
  const probe = joinBytes([bytes, new Uint8Array(1)]);
  const { output, used } = measured(brotliDecompressSync, probe, bytes_max);
  demand(used === bytes.length, "cut, or bytes after the brotli stream");
  return output;
}

/** All frames (RFC 8878 §3.1), one at a time because the engine stops after the first. */
function unzstd(bytes: Uint8Array, bytes_max: number): Uint8Array {
  const outputs: Uint8Array[] = [];
  let left_bytes = bytes_max;
  for (let at = 0; at < bytes.length;) {
    const { end, is_skippable } = zstdFrame(bytes, at);
    if (!is_skippable) {
      const output = zstdDecompressSync(bytes.subarray(at, end), { maxOutputLength: left_bytes });
      outputs.push(output);
      left_bytes -= output.length;
    }
    at = end;
  }
  return joinBytes(outputs);
}

/** Size of the Frame_Content_Size field, by its flag (RFC 8878 §3.1.1.1.1). */
const ZSTD_CONTENT_SIZE_BYTES = [0, 2, 4, 8], ZSTD_DICTIONARY_ID_BYTES = [0, 1, 2, 4];

/** Index after the frame at `start`. */
function zstdFrame(bytes: Uint8Array, start: number): { end: number; is_skippable: boolean } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length); // throws beyond the end
  const magic = view.getUint32(start, true);
  if (magic >>> 4 === 0x184d2a5) {
    const end = start + 8 + view.getUint32(start + 4, true);
    demand(end <= bytes.length, "a cut zstd frame");
    return { end, is_skippable: true };
  }
  demand(magic === 0xfd2fb528, "no zstd frame");
  const descriptor = view.getUint8(start + 4);
  const is_single = (descriptor & 32) !== 0;
  let at = start + 5 + (is_single ? 0 : 1) + ZSTD_DICTIONARY_ID_BYTES[descriptor & 3] +
    (ZSTD_CONTENT_SIZE_BYTES[descriptor >> 6] || (is_single ? 1 : 0));
  while (true) {
    const header = view.getUint16(at, true) | view.getUint8(at + 2) << 16;
    const is_rle = (header >> 1 & 3) === 1;
    at += 3 + (is_rle ? 1 : header >> 3);
    if ((header & 1) === 1) break;
  }
  const end = at + (descriptor & 4); // a checksum of four bytes
  demand(end <= bytes.length, "a cut zstd frame");
  return { end, is_skippable: false };
}

const ENCODERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  gzip: (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
};

/**
 * Applies `params.compression` (`"gzip, br"`: gzip first); null if it names none.
 * @throws {TypeError} for an unknown algorithm.
 */
export function compress(
  body: RequestBody,
  compression: string,
): { body: RequestBody; content_encoding: string } | null {
  const names = codingsOf([compression]);
  if (names.length === 0) return null;
  const bytes = names.reduce((whole, name) => {
    if (!Object.hasOwn(ENCODERS, name)) {
      throw new TypeError(
        `compression: must be ${Object.keys(ENCODERS).join(", ")}, or a list, got "${name}"`,
      );
    }
    return ENCODERS[name](whole);
  }, body.bytes);
  const compressed = new RequestBody(bytes, body.content_type, body.plain);
  return { body: compressed, content_encoding: names.join(", ") };
}
