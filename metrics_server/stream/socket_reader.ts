/**
 * One reader of a stream, over a WebSocket. What is handed to the socket is copied for it and cannot
 * be taken back, so events wait here, where all readers share them, until the socket has room.
 */
import {
  STREAM_BACKLOG_EVENTS_MAX,
  STREAM_END_MS_MAX,
  STREAM_SOCKET_BYTES_MAX,
  STREAM_SOCKET_LOOK_MS,
} from "./limits.ts";
import type { OnSent, StreamReader } from "./reader.ts";
import type { StreamEvent } from "./stream_event.ts";

/** Policy violation (RFC 6455 §7.4.1): the reader broke a rule, here that of keeping up. */
const CLOSE_TOO_SLOW = 1008;

/** Going away (RFC 6455 §7.4.1). */
const CLOSE_STOPPING = 1001;

/** What a reader needs of a WebSocket. */
export type Socket = Pick<
  WebSocket,
  "bufferedAmount" | "close" | "onclose" | "onerror" | "readyState" | "send"
>;

/** A reader of WebSocket messages. Its heartbeats are the protocol's own pings. */
export class SocketReader implements StreamReader {
  readonly transport = "websocket";
  #queue: StreamEvent[] = [];
  #ending = false;
  #is_gone = false;
  /** Of the next look while events wait; of the end once it is ending. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onGone Told once, when nothing is sent any more. */
  constructor(
    readonly socket: Socket,
    readonly onGone: () => void,
    readonly onSent: OnSent = () => {},
  ) {
    socket.onclose = () => this.#gone();
    socket.onerror = () => {};
  }

  send(event: StreamEvent): boolean {
    this.#handOver();
    if (this.#ending) return true;
    if (this.#queue.length >= STREAM_BACKLOG_EVENTS_MAX) return false;
    this.#queue.push(event);
    this.#handOver();
    return true;
  }

  heartbeat(): void {}

  end(reason: string): void {
    if (this.#ending) return;
    this.#endInTime();
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.close(reason === "stopping" ? CLOSE_STOPPING : CLOSE_TOO_SLOW, reason);
  }

  #handOver(): void {
    const { socket } = this;
    if (this.#ending) return;
    // Who closes its side and reads no more would be closing for ever.
    if (socket.readyState !== WebSocket.OPEN) return this.#endInTime();
    while (this.#queue.length > 0 && socket.bufferedAmount <= STREAM_SOCKET_BYTES_MAX) {
      const event = this.#queue.shift()!;
      socket.send(event.message);
      this.onSent(event.message_bytes, 1);
    }
    if (this.#queue.length > 0) this.#lookAgain();
  }

  /** Nothing tells when a socket has room: it is looked at. */
  #lookAgain(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#handOver();
    }, STREAM_SOCKET_LOOK_MS);
  }

  /** What waits is let go of; who does not take the close either is forgotten. */
  #endInTime(): void {
    this.#ending = true;
    this.#queue = [];
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#gone(), STREAM_END_MS_MAX);
  }

  #gone(): void {
    if (this.#is_gone) return;
    this.#ending = this.#is_gone = true;
    this.#queue = [];
    clearTimeout(this.#timer);
    this.socket.onclose = null;
    this.onGone();
  }
}
