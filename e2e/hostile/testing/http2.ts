/** Frames of HTTP/2 (RFC 9113), as bytes for a raw socket. */
import { joinBytes } from "../../../platform/mod.ts";

const encoder = new TextEncoder();

const HEADERS = 1;
const SETTINGS = 4;
const END_STREAM = 1;
const END_HEADERS = 4;

/** Index of `:method: GET` and `:scheme: http` in the static table of HPACK (RFC 7541). */
const GET = 0x82;
const HTTP = 0x86;
/** Literals that stay out of the table, with these indexed names. */
const PATH = 0x04;
const AUTHORITY = 0x01;

/** What a client sends first. */
export const PREFACE = encoder.encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** A SETTINGS frame of one setting. */
export function settings(name: number, value: number): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(6);
  const view = new DataView(payload.buffer);
  view.setUint16(0, name);
  view.setUint32(2, value);
  return frame(SETTINGS, 0, 0, payload);
}

/** SETTINGS_INITIAL_WINDOW_SIZE: bytes of a body that the peer may send unasked. */
export const INITIAL_WINDOW_SIZE = 4;

/** A GET request on a stream of its own: 1, 3, 5, … */
export function get(stream: number, path: string, host = "localhost"): Uint8Array<ArrayBuffer> {
  const fields = [new Uint8Array([GET, HTTP]), literal(PATH, path), literal(AUTHORITY, host)];
  return frame(HEADERS, END_STREAM | END_HEADERS, stream, joinBytes(fields));
}

function frame(type: number, flags: number, stream: number, payload: Uint8Array<ArrayBuffer>) {
  const head = new Uint8Array(9);
  const view = new DataView(head.buffer);
  view.setUint32(0, payload.length << 8 | type);
  head[4] = flags;
  view.setUint32(5, stream);
  return joinBytes([head, payload]);
}

/** A value of at most 126 bytes, without Huffman coding. */
function literal(name: number, value: string): Uint8Array<ArrayBuffer> {
  const text = encoder.encode(value);
  return joinBytes([new Uint8Array([name, text.length]), text]);
}
