/**
 * Incremental parser that finds the end of an HTTP/1.1 response (RFC 9112 §6–7). Reads may split it
 * anywhere. It allocates nothing if the head arrives in one read.
 *
 *     Head ──► Body (Content-Length) ──────────────► Done
 *        ├───► BodyUntilClose ─────────────────────► Done
 *        └───► ChunkSize ──► ChunkData ──► … Trailer ──► Done
 */
import type { ParseFault } from "./error_kinds.ts";
import {
  BODY_BYTES_MAX,
  CHUNK_LINE_BYTES_MAX,
  HEAD_BYTES_MAX,
  INFORMATIONAL_RESPONSES_MAX,
  TRAILER_BYTES_MAX,
} from "./limits.ts";
import { ResponseHead } from "./response_head.ts";

const CR = 13, LF = 10;

/** Receives the bytes of a response; they are valid only during the call. */
export interface ResponseSink {
  /** The final head, from the status line to the empty line. */
  onHead?(bytes: Uint8Array): void;
  /** Part of the body, without chunk framing. */
  onBody?(bytes: Uint8Array): void;
}

const enum Step {
  Head,
  Body,
  BodyUntilClose,
  ChunkSize,
  ChunkExtension,
  ChunkSizeLf,
  ChunkData,
  ChunkDataCr,
  ChunkDataLf,
  Trailer,
  Done,
  Failed,
}

/**
 * Parses one response after another.
 *
 * ```ts
 * const parser = new ResponseParser();
 * parser.begin(false);
 * const bytes = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
 * parser.feed(bytes, 0, bytes.length); // 41: all bytes
 * parser.done; // true
 * parser.status; // 200
 * ```
 */
export class ResponseParser {
  /** Body bytes so far, without chunk framing. */
  body_bytes = 0;
  /** Set once {@link failed}. */
  fault: ParseFault | null = null;

  readonly #head = new ResponseHead();
  readonly #sink: ResponseSink | null;
  readonly #body_bytes_max: number;
  #step: Step = Step.Done;
  #is_head = false;
  /** Remaining bytes of the body or chunk; while a chunk size is read, its value so far. */
  #remaining = 0;
  /** Matched bytes of `\r\n\r\n`. */
  #matched = 0;
  #line_bytes = 0;
  #informational = 0;
  /** Collects a head that arrives in several reads. */
  #carry: Uint8Array | null = null;
  #carried = 0;

  constructor(sink: ResponseSink | null = null, body_bytes_max: number = BODY_BYTES_MAX) {
    this.#sink = sink;
    this.#body_bytes_max = body_bytes_max;
  }

  get status(): number {
    return this.#head.status;
  }

  /** Whether the connection stays open after this response. */
  get keep_alive(): boolean {
    return this.#head.keep_alive;
  }

  /** Whether the head has Set-Cookie or Content-Encoding. */
  get has_more_to_read(): boolean {
    return this.#head.has_more_to_read;
  }

  get done(): boolean {
    return this.#step === Step.Done;
  }

  get failed(): boolean {
    return this.#step === Step.Failed;
  }

  /** Expects the next response; `is_head` if the request is HEAD. */
  begin(is_head: boolean): void {
    this.body_bytes = 0;
    this.fault = null;
    this.#is_head = is_head;
    this.#informational = 0;
    this.#expectHead();
  }

  /** Parses `bytes[start, end)` up to the end of the response; returns the index after it. */
  feed(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    while (at < end && this.#step < Step.Done) {
      switch (this.#step) {
        case Step.Head:
          at = this.#feedHead(bytes, at, end);
          break;
        case Step.Body:
        case Step.BodyUntilClose:
        case Step.ChunkData:
          at = this.#feedBody(bytes, at, end);
          break;
        case Step.Trailer:
          this.#feedTrailer(bytes[at++]);
          break;
        default:
          this.#feedChunkFrame(bytes[at++]);
      }
    }
    return at;
  }

  /** The server closed the connection; returns whether the response is complete. */
  end(): boolean {
    if (this.#step === Step.BodyUntilClose) this.#step = Step.Done;
    return this.#step === Step.Done;
  }

  #expectHead(): void {
    this.#step = Step.Head;
    this.#matched = 0;
    this.#carried = 0;
  }

  #fail(fault: ParseFault): void {
    this.#step = Step.Failed;
    this.fault = fault;
  }

  #feedHead(bytes: Uint8Array, start: number, end: number): number {
    const head_end = this.#carried === 0 ? endOfHead(bytes, start, end) : -1;
    if (head_end >= 0) {
      this.#readHead(bytes, start, head_end);
      return head_end;
    }
    let at = start, matched = this.#matched;
    while (at < end && matched < 4) {
      const byte = bytes[at++];
      if (byte === (matched & 1 ? LF : CR)) matched++;
      else matched = byte === CR ? 1 : 0;
    }
    this.#matched = matched;
    if (this.#carried + at - start > HEAD_BYTES_MAX) {
      this.#fail("head_too_large");
      return at;
    }
    this.#carry ??= new Uint8Array(HEAD_BYTES_MAX);
    this.#carry.set(bytes.subarray(start, at), this.#carried);
    this.#carried += at - start;
    if (matched === 4) this.#readHead(this.#carry, 0, this.#carried);
    return at;
  }

  #readHead(bytes: Uint8Array, start: number, end: number): void {
    const head = this.#head;
    const fault = end - start > HEAD_BYTES_MAX ? "head_too_large" : head.read(bytes, start, end);
    if (fault !== null) return this.#fail(fault);
    if (head.status < 200) {
      if (head.status === 101) return this.#fail("unexpected_upgrade");
      if (++this.#informational > INFORMATIONAL_RESPONSES_MAX) {
        return this.#fail("too_many_informational");
      }
      return this.#expectHead();
    }
    this.#sink?.onHead?.(bytes.subarray(start, end));
    if (this.#is_head || head.status === 204 || head.status === 304) {
      this.#step = Step.Done;
    } else if (head.chunked) {
      this.#expectChunk();
    } else if (head.content_length > this.#body_bytes_max) {
      this.#fail("body_too_large");
    } else if (head.content_length >= 0) {
      this.#remaining = head.content_length;
      this.#step = this.#remaining === 0 ? Step.Done : Step.Body;
    } else {
      head.keep_alive = false;
      this.#remaining = this.#body_bytes_max;
      this.#step = Step.BodyUntilClose;
    }
  }

  #feedBody(bytes: Uint8Array, start: number, end: number): number {
    const used = Math.min(this.#remaining, end - start);
    if (used === 0) { // a body without a length has reached its limit
      this.#fail("body_too_large");
      return end;
    }
    this.#remaining -= used;
    this.body_bytes += used;
    if (this.#sink !== null) this.#sink.onBody?.(bytes.subarray(start, start + used));
    if (this.#remaining === 0) {
      if (this.#step === Step.Body) this.#step = Step.Done;
      else if (this.#step === Step.ChunkData) this.#step = Step.ChunkDataCr;
    }
    return start + used;
  }

  #expectChunk(): void {
    this.#step = Step.ChunkSize;
    this.#remaining = 0;
    this.#line_bytes = 0;
  }

  #feedChunkFrame(byte: number): void {
    switch (this.#step) {
      case Step.ChunkSize:
        return this.#feedChunkSize(byte);
      case Step.ChunkExtension:
        if (byte === CR) this.#step = Step.ChunkSizeLf;
        else if (byte === LF || ++this.#line_bytes > CHUNK_LINE_BYTES_MAX) this.#fail("bad_chunk");
        return;
      case Step.ChunkSizeLf:
        if (byte !== LF) return this.#fail("bad_chunk");
        this.#step = this.#remaining === 0 ? Step.Trailer : Step.ChunkData;
        this.#matched = 2; // CRLF of the size line; an empty trailer adds one more
        this.#line_bytes = 0;
        return;
      case Step.ChunkDataCr:
        if (byte !== CR) return this.#fail("bad_chunk");
        this.#step = Step.ChunkDataLf;
        return;
      default:
        return byte === LF ? this.#expectChunk() : this.#fail("bad_chunk");
    }
  }

  #feedChunkSize(byte: number): void {
    const digit = hexDigit(byte);
    if (digit >= 0) {
      this.#line_bytes++;
      this.#remaining = this.#remaining * 16 + digit;
      if (this.#line_bytes > CHUNK_LINE_BYTES_MAX) this.#fail("bad_chunk");
      else if (this.body_bytes + this.#remaining > this.#body_bytes_max) {
        this.#fail("body_too_large");
      }
    } else if (this.#line_bytes === 0) this.#fail("bad_chunk");
    else if (byte === CR) this.#step = Step.ChunkSizeLf;
    else if (byte === 59 || byte === 32 || byte === 9) this.#step = Step.ChunkExtension;
    else this.#fail("bad_chunk");
  }

  #feedTrailer(byte: number): void {
    if (++this.#line_bytes > TRAILER_BYTES_MAX) return this.#fail("bad_chunk");
    if (byte === (this.#matched & 1 ? LF : CR)) this.#matched++;
    else this.#matched = byte === CR ? 1 : 0;
    if (this.#matched === 4) this.#step = Step.Done;
  }
}

/** Index after the first empty line, or −1. Skips up to four bytes at a time between line ends. */
function endOfHead(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start + 3; at < end;) {
    const byte = bytes[at];
    if (byte === CR) at++;
    else if (byte !== LF) at += 4;
    else if (bytes[at - 1] === CR && bytes[at - 2] === LF && bytes[at - 3] === CR) return at + 1;
    else at += 2;
  }
  return -1;
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 0x20;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
