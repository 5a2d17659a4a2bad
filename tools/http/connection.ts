/** One keep-alive connection with one exchange at a time. */
import type { ErrorKind } from "./error_kinds.ts";
import { CONNECT_TIMEOUT_MS, READ_BUFFER_BYTES, RESPONSE_TIMEOUT_MS } from "./limits.ts";
import type { Target } from "./request.ts";
import { ResponseParser, type ResponseSink } from "./response_parser.ts";

/** The part of `Deno.TcpConn` that the client needs. */
export interface Socket {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

export type Dial = () => Promise<Socket>;

/** Dials one TCP address, without Nagle's delay. */
export function tcpDial(hostname: string, port: number): Dial {
  return async () => {
    const socket = await Deno.connect({ hostname, port });
    socket.setNoDelay(true);
    return socket;
  };
}

/** Monotonic milliseconds, with fractions of a microsecond. */
export function monotonicNow(): number {
  return performance.now();
}

/** Network, clock and timeouts of a connection. */
export interface ConnectionOptions {
  dial: Dial;
  /** Monotonic milliseconds. */
  now: () => number;
  connect_timeout_ms?: number;
  response_timeout_ms?: number;
  sink?: ResponseSink;
  body_bytes_max?: number;
}

/**
 * A connection that reports network errors as values. An exchange returns null or an
 * {@link ErrorKind}; after an error the connection is closed and {@link open} may be called again.
 * The caller calls {@link expire} periodically, so that a request needs no timer.
 */
export class HttpConnection {
  readonly parser: ResponseParser;
  /** Consecutive connects and exchanges that failed. */
  failures = 0;
  readonly #response_timeout_ms: number;
  readonly #buffer = new Uint8Array(READ_BUFFER_BYTES);
  #socket: Socket | null = null;
  #busy = false;
  #expired = false;
  #started_ms = 0;

  constructor(private readonly options: ConnectionOptions) {
    this.#response_timeout_ms = options.response_timeout_ms ?? RESPONSE_TIMEOUT_MS;
    this.parser = new ResponseParser(options.sink, options.body_bytes_max);
  }

  get is_open(): boolean {
    return this.#socket !== null;
  }

  /** Connects; returns null or the error. */
  async open(): Promise<ErrorKind | null> {
    this.close();
    const timeout_ms = this.options.connect_timeout_ms ?? CONNECT_TIMEOUT_MS;
    const dialing = this.options.dial();
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(() => resolve(null), timeout_ms);
    try {
      this.#socket = await Promise.race([dialing, late]);
    } catch (error) {
      const refused = error instanceof Deno.errors.ConnectionRefused;
      return this.#ended(refused ? "connect_refused" : "connect_failed");
    } finally {
      clearTimeout(timer);
    }
    if (this.#socket !== null) return null;
    dialing.then((socket) => socket.close(), () => {});
    return this.#ended("connect_timeout");
  }

  /** Sends the request and reads its response to the last byte; {@link parser} has the status. */
  async exchange(target: Target): Promise<ErrorKind | null> {
    const socket = this.#socket;
    if (socket === null) throw new TypeError("Cannot exchange on a closed connection: open it");
    this.parser.begin(target.is_head);
    this.#started_ms = this.options.now();
    this.#expired = false;
    this.#busy = true;
    const error = await this.#send(socket, target.bytes) ?? await this.#receive(socket);
    this.#busy = false;
    if (error !== null) return this.#ended(error);
    this.failures = 0;
    if (!this.parser.keep_alive) this.close();
    return null;
  }

  async #send(socket: Socket, bytes: Uint8Array): Promise<ErrorKind | null> {
    try {
      let sent = await socket.write(bytes);
      while (sent < bytes.length) sent += await socket.write(bytes.subarray(sent));
      return null;
    } catch {
      return this.#expired ? "timeout" : "reset";
    }
  }

  async #receive(socket: Socket): Promise<ErrorKind | null> {
    const { parser } = this;
    while (!parser.done) {
      let length: number | null;
      try {
        length = await socket.read(this.#buffer);
      } catch {
        return this.#expired ? "timeout" : "reset";
      }
      if (length === null) return parser.end() ? null : "closed_early";
      const used = parser.feed(this.#buffer, 0, length);
      if (parser.failed) return parser.fault;
      if (used < length) return "unexpected_bytes";
    }
    return null;
  }

  /** Aborts an exchange that exceeds its timeout. */
  expire(now_ms: number): void {
    if (this.#busy && now_ms - this.#started_ms > this.#response_timeout_ms) {
      this.#expired = true;
      this.close();
    }
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = null;
    try {
      socket?.close();
    } catch {
      // The peer's reset has closed it already.
    }
  }

  #ended(kind: ErrorKind): ErrorKind {
    this.failures++;
    this.close();
    return kind;
  }
}
