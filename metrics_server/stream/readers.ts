/** Readers of a stream: over server-sent events or a WebSocket. */
import { AnswerCut } from "../../platform/mod.ts";
import {
  STREAM_BACKLOG_EVENTS_MAX,
  STREAM_END_MS_MAX,
  STREAM_SOCKET_BYTES_MAX,
  STREAM_SOCKET_LOOK_MS,
} from "./limits.ts";
import type { StreamTransport } from "./stream_counts.ts";
import { endEvent, type StreamEvent } from "./stream_event.ts";

const encoder = new TextEncoder();
const HEARTBEAT = encoder.encode(": heartbeat\n\n");

/** Sent at once, so that an up-to-date reader receives the answer's head. */
const OPENED = encoder.encode(": open\n\n");

/** Policy violation (RFC 6455 §7.4.1): the reader does not keep up. */
const CLOSE_TOO_SLOW = 1008;

/** Going away (RFC 6455 §7.4.1). */
const CLOSE_STOPPING = 1001;

/** A reader, as the hub uses it. */
export interface StreamReader {
  readonly transport: StreamTransport;
  /** Queues an event; false if the reader is too far behind. */
  send(event: StreamEvent): boolean;
  heartbeat(): void;
  end(reason: string): void;
}

/** Called with the bytes and events handed to the connection. */
export type OnSent = (bytes: number, events: number) => void;

/** A reader of server-sent events; {@link body} is its response body. */
export class SseReader implements StreamReader {
  readonly transport = "sse";
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  #queue: Uint8Array<ArrayBuffer>[] = [OPENED];
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #pushed = Promise.withResolvers<void>();
  #ending = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onGone Called once, when the reader is gone. */
  constructor(readonly onGone: () => void, readonly onSent: OnSent = () => {}) {
    this.body = new ReadableStream({
      start: (controller) => void (this.#controller = controller),
      pull: () => this.#pull(),
      cancel: () => this.#gone(),
    }, { highWaterMark: 0 });
  }

  send(event: StreamEvent): boolean {
    if (this.#ending) return true;
    if (this.#queue.length >= STREAM_BACKLOG_EVENTS_MAX) return false;
    this.#push(event.sse);
    return true;
  }

  heartbeat(): void {
    if (!this.#ending && this.#queue.length === 0) this.#push(HEARTBEAT);
  }

  end(reason: string): void {
    if (this.#ending) return;
    this.#ending = true;
    // Drops unread events: the reason must get through, and memory must be freed.
    this.#queue = [];
    this.#push(endEvent(reason).sse);
    this.#timer = setTimeout(() => {
      this.#gone();
      this.#controller.error(new AnswerCut(reason));
    }, STREAM_END_MS_MAX);
  }

  #push(chunk: Uint8Array<ArrayBuffer>): void {
    this.#queue.push(chunk);
    this.#pushed.resolve();
  }

  async #pull(): Promise<void> {
    if (this.#queue.length === 0) {
      this.#pushed = Promise.withResolvers();
      await this.#pushed.promise;
    }
    const chunk = this.#queue.shift();
    if (chunk === undefined) return;
    this.onSent(chunk.length, chunk === OPENED || chunk === HEARTBEAT ? 0 : 1);
    this.#controller.enqueue(chunk);
    if (!this.#ending || this.#queue.length > 0) return;
    this.#gone();
    this.#controller.close();
  }

  #gone(): void {
    clearTimeout(this.#timer);
    this.#ending = true;
    this.#queue = [];
    this.#pushed.resolve();
    this.onGone();
  }
}

/** The part of a WebSocket that a reader uses. */
export type Socket = Pick<
  WebSocket,
  "bufferedAmount" | "close" | "onclose" | "onerror" | "readyState" | "send"
>;

/**
 * A reader of WebSocket messages. Its heartbeats are the protocol's own pings. A message handed to
 * the socket is copied and cannot be taken back, so events, which readers share, wait here.
 */
export class SocketReader implements StreamReader {
  readonly transport = "websocket";
  #queue: StreamEvent[] = [];
  #ending = false;
  #is_gone = false;
  /** Timer of the next check while events wait, then of the end. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onGone Called once, when the reader is gone. */
  constructor(
    readonly socket: Socket,
    readonly onGone: () => void,
    readonly onSent: OnSent = () => {},
  ) {
    socket.onclose = () => this.#gone();
    socket.onerror = () => {};
  }

  send(event: StreamEvent): boolean {
    this.#flush();
    if (this.#ending) return true;
    if (this.#queue.length >= STREAM_BACKLOG_EVENTS_MAX) return false;
    this.#queue.push(event);
    this.#flush();
    return true;
  }

  heartbeat(): void {}

  end(reason: string): void {
    if (this.#ending) return;
    this.#endInTime();
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.close(reason === "stopping" ? CLOSE_STOPPING : CLOSE_TOO_SLOW, reason);
  }

  #flush(): void {
    const { socket } = this;
    if (this.#ending) return;
    // A peer that closes its side but no longer reads would otherwise stay for ever.
    if (socket.readyState !== WebSocket.OPEN) return this.#endInTime();
    while (this.#queue.length > 0 && socket.bufferedAmount <= STREAM_SOCKET_BYTES_MAX) {
      const event = this.#queue.shift()!;
      socket.send(event.message);
      this.onSent(event.message_bytes, 1);
    }
    if (this.#queue.length > 0) this.#checkAgain();
  }

  /** No event announces that a socket has room, so it is polled. */
  #checkAgain(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#flush();
    }, STREAM_SOCKET_LOOK_MS);
  }

  /** Drops waiting events; a reader that does not complete the close is removed in time. */
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
