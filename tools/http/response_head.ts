/** Reads a response head: the status line and the headers that determine the framing. */
import type { ParseFault } from "./error_kinds.ts";

const CR = 13, LF = 10, SPACE = 32, TAB = 9, COLON = 58, COMMA = 44, DIGIT_0 = 48, DIGIT_9 = 57;
const CONTENT_LENGTH = ascii("content-length");
const TRANSFER_ENCODING = ascii("transfer-encoding");
const CONNECTION = ascii("connection");
const SET_COOKIE = ascii("set-cookie");
const CONTENT_ENCODING = ascii("content-encoding");
const CHUNKED = ascii("chunked");
const CLOSE = ascii("close");
const KEEP_ALIVE = ascii("keep-alive");
const HTTP_1 = ascii("HTTP/1.");
/** 1 for each byte allowed in a header name (a token of RFC 9110 §5.6.2). */
const IS_TOKEN = new Uint8Array(256);
for (const byte of ascii("!#$%&'*+-.^_`|~")) IS_TOKEN[byte] = 1;
for (let byte = 0; byte < 256; byte++) {
  const letter = byte | 0x20;
  if ((byte >= DIGIT_0 && byte <= DIGIT_9) || (letter >= 97 && letter <= 122 && byte < 128)) {
    IS_TOKEN[byte] = 1;
  }
}

/** Framing of a response. One object is reused for every response of a connection. */
export class ResponseHead {
  status = 0;
  /** −1 if absent. */
  content_length = -1;
  chunked = false;
  keep_alive = true;
  /** Whether it has Set-Cookie or Content-Encoding, which do not affect the framing. */
  has_more_to_read = false;
  /** `close` overrides any keep-alive (RFC 9112 §9.3). */
  #has_close = false;

  /**
   * Reads `bytes[start, end)`, a complete head with its empty line, without allocations.
   * Returns null or the fault (RFC 9112 §2–4, without line folding).
   */
  read(bytes: Uint8Array, start: number, end: number): ParseFault | null {
    this.content_length = -1;
    this.chunked = false;
    this.has_more_to_read = false;
    this.#has_close = false;
    const headers = this.#readStatusLine(bytes, start, end);
    if (headers < 0) return "bad_status_line";
    let at = headers;
    while (bytes[at] !== CR) {
      const name = at;
      while (IS_TOKEN[bytes[at]] === 1) at++;
      if (at === name || bytes[at] !== COLON) return "bad_header";
      const name_end = at++;
      const value = at;
      while (bytes[at] !== CR && bytes[at] !== LF && bytes[at] !== 0) at++;
      if (bytes[at] !== CR || bytes[at + 1] !== LF) return "bad_header";
      const fault = this.#readHeader(bytes, name, name_end, value, at);
      if (fault !== null) return fault;
      at += 2;
    }
    if (at + 2 !== end) return "bad_header";
    return this.chunked && this.content_length >= 0 ? "both_lengths" : null;
  }

  /** Index of the first header; −1 if the status line is invalid. */
  #readStatusLine(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    for (let i = 0; i < HTTP_1.length; i++) if (bytes[at++] !== HTTP_1[i]) return -1;
    const minor = bytes[at++] - DIGIT_0;
    if (minor !== 0 && minor !== 1) return -1;
    this.keep_alive = minor === 1;
    if (bytes[at++] !== SPACE) return -1;
    const hundreds = bytes[at++] - DIGIT_0;
    const tens = bytes[at++] - DIGIT_0;
    const ones = bytes[at++] - DIGIT_0;
    if (!(hundreds >= 1 && hundreds <= 5 && tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9)) {
      return -1;
    }
    this.status = hundreds * 100 + tens * 10 + ones;
    if (bytes[at] !== SPACE && bytes[at] !== CR) return -1;
    while (at < end && bytes[at] !== CR && bytes[at] !== LF) at++;
    return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1;
  }

  #readHeader(
    bytes: Uint8Array,
    name: number,
    name_end: number,
    value: number,
    line_end: number,
  ): ParseFault | null {
    let from = value, to = line_end;
    switch (name_end - name) { // the length alone rules out nearly every other header
      case CONTENT_LENGTH.length:
        if (!equalsIgnoringCase(bytes, name, name_end, CONTENT_LENGTH)) return null;
        break;
      case TRANSFER_ENCODING.length:
        if (!equalsIgnoringCase(bytes, name, name_end, TRANSFER_ENCODING)) return null;
        break;
      case CONNECTION.length: // the same length as Set-Cookie
        if (equalsIgnoringCase(bytes, name, name_end, CONNECTION)) break;
        if (equalsIgnoringCase(bytes, name, name_end, SET_COOKIE)) this.has_more_to_read = true;
        return null;
      case CONTENT_ENCODING.length:
        if (equalsIgnoringCase(bytes, name, name_end, CONTENT_ENCODING)) {
          this.has_more_to_read = true;
        }
        return null;
      default:
        return null;
    }
    while (from < to && (bytes[from] === SPACE || bytes[from] === TAB)) from++;
    while (to > from && (bytes[to - 1] === SPACE || bytes[to - 1] === TAB)) to--;
    switch (name_end - name) {
      case CONTENT_LENGTH.length:
        return this.#readContentLength(bytes, from, to);
      case TRANSFER_ENCODING.length:
        if (this.chunked || !equalsIgnoringCase(bytes, from, to, CHUNKED)) {
          return "bad_transfer_encoding";
        }
        this.chunked = true;
        return null;
      default:
        this.#readConnection(bytes, from, to);
        return null;
    }
  }

  /** Reads a list of connection options (RFC 9110 §7.6.1). */
  #readConnection(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at <= to;) {
      let end = at;
      while (end < to && bytes[end] !== COMMA) end++;
      let last = end;
      while (at < last && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
      while (last > at && (bytes[last - 1] === SPACE || bytes[last - 1] === TAB)) last--;
      if (equalsIgnoringCase(bytes, at, last, CLOSE)) this.#has_close = true;
      else if (equalsIgnoringCase(bytes, at, last, KEEP_ALIVE)) this.keep_alive = true;
      at = end + 1;
    }
    if (this.#has_close) this.keep_alive = false;
  }

  #readContentLength(bytes: Uint8Array, from: number, to: number): ParseFault | null {
    if (from === to || to - from > 15) return "bad_content_length"; // 15 digits stay below 2^53
    let length = 0;
    for (let i = from; i < to; i++) {
      const digit = bytes[i] - DIGIT_0;
      if (!(digit >= 0 && digit <= 9)) return "bad_content_length";
      length = length * 10 + digit;
    }
    if (this.content_length >= 0 && this.content_length !== length) return "bad_content_length";
    this.content_length = length;
    return null;
  }
}

/** Whether `bytes[from, to)` equals `lower`, a lower-case word, in any case. */
function equalsIgnoringCase(
  bytes: Uint8Array,
  from: number,
  to: number,
  lower: Uint8Array,
): boolean {
  if (to - from !== lower.length) return false;
  for (let i = 0; i < lower.length; i++) {
    const byte = bytes[from + i];
    if ((byte >= 65 && byte <= 90 ? byte | 0x20 : byte) !== lower[i]) return false;
  }
  return true;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
