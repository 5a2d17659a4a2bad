/** A keep-alive connection of a VU that measures each part of an exchange. */
import { ResponseParser, type ResponseSink, type Socket } from "../../http/mod.ts";
import type { ExchangeRequest, HttpFailure } from "./exchange.ts";

/** Size of a connection's read buffer, in bytes. */
const READ_BYTES = 32_768;
/** Size of a block of memory for responses, in bytes. */
const BLOCK_BYTES = 16_384;
/** Longest body a script can receive, also after decoding, in bytes. */
export const BODY_BYTES_MAX = 268_435_456;

/**
 * Collects responses one after another in shared blocks of memory. The bytes of a response are
 * contiguous and never overwritten: a full block is left to its responses and a new one allocated.
 */
class ResponseBuffer implements ResponseSink {
  bytes = new Uint8Array(BLOCK_BYTES);
  head_start = 0;
  head_end = 0;
  body_end = 0;
  keep_body = true;

  begin(keep_body: boolean): void {
    this.head_start = this.head_end = this.body_end;
    this.keep_body = keep_body;
  }

  onHead(part: Uint8Array): void {
    this.#append(part);
    this.head_end = this.body_end;
  }

  onBody(part: Uint8Array): void {
    if (this.keep_body) this.#append(part);
  }

  #append(part: Uint8Array): void {
    const end = this.body_end + part.length;
    if (end > this.bytes.length) this.#move(end - this.head_start);
    this.bytes.set(part, this.body_end);
    this.body_end += part.length;
  }

  /** Moves the response to a new block with room for `needed` bytes. */
  #move(needed: number): void {
    const moved = this.bytes.subarray(this.head_start, this.body_end);
    this.bytes = new Uint8Array(Math.max(needed * 2, BLOCK_BYTES));
    this.bytes.set(moved);
    this.head_end -= this.head_start;
    this.body_end -= this.head_start;
    this.head_start = 0;
  }
}

/** Does not throw for network errors: an exchange ends with null or its failure. */
export class TimedConnection {
  readonly response = new ResponseBuffer();
  readonly parser = new ResponseParser(this.response, BODY_BYTES_MAX);
  sending_ms = 0;
  waiting_ms = 0;
  /** From the response's first byte to its last; 0 if one read took both. */
  receiving_ms = 0;
  bytes_sent = 0;
  bytes_received = 0;
  /** When the exchange times out; Infinity between exchanges. */
  deadline_ms = Infinity;
  readonly #buffer = new Uint8Array(READ_BYTES);
  is_open = true;
  #expired = false;
  /** Null between exchanges. */
  #onEnd: ((failure: HttpFailure | null) => void) | null = null;
  #request: Uint8Array = this.#buffer;
  #started_ms = 0;
  /** 0 until the request is sent. */
  #sent_ms = 0;
  #first_ms = 0;
  readonly #onSent = (length: number) => this.#takeSent(length);
  readonly #onRead = (length: number | null) => this.#takeRead(length);
  readonly #onBroken = () => {
    if (this.#onEnd === null) return;
    // A server may respond without reading the rest of the request.
    this.#end(this.parser.done ? null : this.#expired ? "timeout" : "reset");
  };

  constructor(
    private readonly socket: Socket,
    private readonly now: () => number,
    readonly remote_ip: string,
    readonly remote_port: number,
  ) {}

  get is_busy(): boolean {
    return this.#onEnd !== null;
  }

  /** The server closed the kept connection before it responded. */
  get is_stale(): boolean {
    return this.bytes_received === 0 && !this.#expired;
  }

  /**
   * Sends the request, now at `started_ms`, and reads the whole response; `onEnd` is then called
   * with null or the failure. Callbacks, because an `await` costs about as much as the reading.
   */
  exchange(
    { bytes, is_head, keep_body }: ExchangeRequest,
    started_ms: number,
    deadline_ms: number,
    onEnd: (failure: HttpFailure | null) => void,
  ): void {
    this.#onEnd = onEnd;
    this.response.begin(keep_body);
    this.parser.begin(is_head);
    this.#expired = false;
    this.deadline_ms = deadline_ms;
    this.bytes_received = this.bytes_sent = 0;
    this.sending_ms = this.waiting_ms = this.receiving_ms = 0;
    this.#started_ms = started_ms;
    this.#sent_ms = 0;
    this.#request = bytes;
    this.socket.write(bytes).then(this.#onSent, this.#onBroken);
    this.socket.read(this.#buffer).then(this.#onRead, this.#onBroken);
  }

  #takeSent(length: number): void {
    this.bytes_sent += length;
    if (this.bytes_sent < this.#request.length) {
      const rest = this.#request.subarray(this.bytes_sent);
      this.socket.write(rest).then(this.#onSent, this.#onBroken);
      return;
    }
    this.#sent_ms = this.now();
    this.sending_ms = this.#sent_ms - this.#started_ms;
    if (this.parser.done && this.#onEnd !== null) this.#end(null);
  }

  #takeRead(length: number | null): void {
    if (this.#onEnd === null) return;
    const { parser } = this;
    const now_ms = this.now();
    if (this.bytes_received === 0) {
      this.#first_ms = now_ms;
      // A response may arrive before the whole request is sent.
      this.waiting_ms = now_ms - (this.#sent_ms || now_ms);
    } else this.receiving_ms = now_ms - this.#first_ms;
    if (length === null) {
      return this.#end(parser.end() ? null : this.#expired ? "timeout" : "closed_early");
    }
    this.bytes_received += length;
    const used = parser.feed(this.#buffer, 0, length);
    if (parser.failed) this.#end(parser.fault);
    else if (used < length) this.#end("unexpected_bytes");
    else if (!parser.done) this.socket.read(this.#buffer).then(this.#onRead, this.#onBroken);
    else if (this.#sent_ms !== 0) this.#end(null);
  }

  #end(failure: HttpFailure | null): void {
    const onEnd = this.#onEnd!;
    this.#onEnd = null;
    this.deadline_ms = Infinity;
    if (failure !== null || !this.parser.keep_alive || this.#sent_ms === 0) this.close();
    onEnd(failure);
  }

  /** Ends the exchange if its deadline has passed. */
  expire(now_ms: number): void {
    if (now_ms < this.deadline_ms) return;
    this.#expired = true;
    this.close();
  }

  close(): void {
    if (!this.is_open) return;
    this.is_open = false;
    try {
      this.socket.close();
    } catch {
      // A reset has closed it already.
    }
  }
}
