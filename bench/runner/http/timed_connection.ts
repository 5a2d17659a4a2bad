/** One keep-alive connection of a VU that tells how long each part of an exchange took. */
import { ResponseParser } from "../../http/response_parser.ts";
import type { Socket } from "../../http/socket.ts";
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

  constructor(socket: Socket, now: () => number, remote_ip: string, remote_port: number) {
    this.#socket = socket;
    this.#now = now;
    this.remote_ip = remote_ip;
    this.remote_port = remote_port;
  }

  get is_open(): boolean {
    return this.#is_open;
  }

  /** Whether the server closed before a byte of the answer was there: a kept connection's end. */
  get is_stale(): boolean {
    return this.bytes_received === 0 && !this.#expired;
  }

  /** Sends the request, now at `started_ms`, and reads its answer to the last byte. */
  async exchange(
    { bytes, is_head, keep_body }: ExchangeRequest,
    started_ms: number,
    deadline_ms: number,
  ): Promise<HttpFailure | null> {
    const { parser, answer } = this;
    const now = this.#now, buffer = this.#buffer, socket = this.#socket;
    answer.begin(keep_body);
    parser.begin(is_head);
    this.#expired = false;
    this.deadline_ms = deadline_ms;
    this.bytes_received = this.bytes_sent = 0;
    this.sending_ms = this.waiting_ms = this.receiving_ms = 0;
    let failure: HttpFailure | null = null;
    try {
      let sent = await socket.write(bytes);
      while (sent < bytes.length) sent += await socket.write(bytes.subarray(sent));
      this.bytes_sent = sent;
      const sent_ms = now();
      this.sending_ms = sent_ms - started_ms;
      let length = await socket.read(buffer);
      const first_ms = now();
      this.waiting_ms = first_ms - sent_ms;
      while (true) {
        if (length === null) {
          if (!parser.end()) failure = this.#expired ? "timeout" : "closed_early";
          break;
        }
        this.bytes_received += length;
        const used = parser.feed(buffer, 0, length);
        if (parser.failed) failure = parser.fault;
        else if (used < length) failure = "unexpected_bytes";
        if (failure !== null || parser.done) break;
        length = await socket.read(buffer);
        this.receiving_ms = now() - first_ms;
      }
    } catch {
      failure = this.#expired ? "timeout" : "reset";
    }
    this.deadline_ms = Infinity;
    if (failure !== null || !parser.keep_alive) this.close();
    return failure;
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
