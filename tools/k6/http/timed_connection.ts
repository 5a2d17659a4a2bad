/** One keep-alive connection of a VU that tells how long each part of an exchange took. */
import { ResponseParser, type Socket } from "../../http/mod.ts";
import { AnswerBuffer } from "./answer_buffer.ts";
import type { HttpFailure } from "./error_codes.ts";
import type { ExchangeRequest } from "./exchange.ts";
import { BODY_BYTES_MAX, READ_BYTES } from "./limits.ts";

/** Nothing here throws for what the network does: an exchange ends with null or with its failure. */
export class TimedConnection {
  readonly answer = new AnswerBuffer();
  readonly parser = new ResponseParser(this.answer, BODY_BYTES_MAX);
  sending_ms = 0;
  waiting_ms = 0;
  /** From the answer's first byte to its last; 0 where they came together. */
  receiving_ms = 0;
  bytes_sent = 0;
  bytes_received = 0;
  /** When the exchange under way is given up; Infinity while there is none. */
  deadline_ms = Infinity;
  readonly remote_ip: string;
  readonly remote_port: number;
  readonly #socket: Socket;
  readonly #now: () => number;
  readonly #buffer = new Uint8Array(READ_BYTES);
  #is_open = true;
  #expired = false;
  /** Null while no exchange is under way. */
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
    // A server may answer, and then not take the rest of the request.
    this.#end(this.parser.done ? null : this.#expired ? "timeout" : "reset");
  };

  constructor(socket: Socket, now: () => number, remote_ip: string, remote_port: number) {
    this.#socket = socket;
    this.#now = now;
    this.remote_ip = remote_ip;
    this.remote_port = remote_port;
  }

  get is_open(): boolean {
    return this.#is_open;
  }

  /** Whether an exchange is under way. */
  get is_busy(): boolean {
    return this.#onEnd !== null;
  }

  /** Whether the server closed before a byte of the answer was there: a kept connection's end. */
  get is_stale(): boolean {
    return this.bytes_received === 0 && !this.#expired;
  }

  /**
   * Sends the request, now at `started_ms`, and reads its answer to the last byte; `onEnd` is then
   * called with null or the failure. Callbacks, because each `await` on the way costs about as much
   * as reading the answer does.
   */
  exchange(
    { bytes, is_head, keep_body }: ExchangeRequest,
    started_ms: number,
    deadline_ms: number,
    onEnd: (failure: HttpFailure | null) => void,
  ): void {
    this.#onEnd = onEnd;
    this.answer.begin(keep_body);
    this.parser.begin(is_head);
    this.#expired = false;
    this.deadline_ms = deadline_ms;
    this.bytes_received = this.bytes_sent = 0;
    this.sending_ms = this.waiting_ms = this.receiving_ms = 0;
    this.#started_ms = started_ms;
    this.#sent_ms = 0;
    this.#request = bytes;
    this.#socket.write(bytes).then(this.#onSent, this.#onBroken);
    this.#socket.read(this.#buffer).then(this.#onRead, this.#onBroken);
  }

  #takeSent(length: number): void {
    this.bytes_sent += length;
    if (this.bytes_sent < this.#request.length) {
      const rest = this.#request.subarray(this.bytes_sent);
      this.#socket.write(rest).then(this.#onSent, this.#onBroken);
      return;
    }
    this.#sent_ms = this.#now();
    this.sending_ms = this.#sent_ms - this.#started_ms;
    if (this.parser.done && this.#onEnd !== null) this.#end(null);
  }

  #takeRead(length: number | null): void {
    if (this.#onEnd === null) return;
    const { parser } = this;
    const now_ms = this.#now();
    if (this.bytes_received === 0) {
      this.#first_ms = now_ms;
      // An answer may come before the whole request is sent.
      this.waiting_ms = now_ms - (this.#sent_ms || now_ms);
    } else this.receiving_ms = now_ms - this.#first_ms;
    if (length === null) {
      return this.#end(parser.end() ? null : this.#expired ? "timeout" : "closed_early");
    }
    this.bytes_received += length;
    const used = parser.feed(this.#buffer, 0, length);
    if (parser.failed) this.#end(parser.fault);
    else if (used < length) this.#end("unexpected_bytes");
    else if (!parser.done) this.#socket.read(this.#buffer).then(this.#onRead, this.#onBroken);
    else if (this.#sent_ms !== 0) this.#end(null);
  }

  #end(failure: HttpFailure | null): void {
    const onEnd = this.#onEnd!;
    this.#onEnd = null;
    this.deadline_ms = Infinity;
    if (failure !== null || !this.parser.keep_alive || this.#sent_ms === 0) this.close();
    onEnd(failure);
  }

  /** Breaks off the exchange under way where its time is over. */
  expire(now_ms: number): void {
    if (now_ms < this.deadline_ms) return;
    this.#expired = true;
    this.close();
  }

  close(): void {
    if (!this.#is_open) return;
    this.#is_open = false;
    try {
      this.#socket.close();
    } catch {
      // Already closed by the other side's reset: there is nothing left to release.
    }
  }
}
