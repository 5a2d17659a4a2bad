/** Readers of a stream: over server-sent events or a WebSocket. */
import { AnswerCut } from "../../platform/mod.ts";
import {
  STREAM_END_MS_MAX,
  STREAM_SOCKET_BYTES_MAX,
  STREAM_SOCKET_LOOK_MS,
  STREAM_SOCKETS_BYTES_MAX,
} from "./limits.ts";
import type { StreamTransport } from "./stream_counts.ts";
import { type Chunk, endEvent, type StreamEvent, type StreamUpdate } from "./stream_event.ts";

const encoder = new TextEncoder();
const HEARTBEAT: Chunk = { bytes: encoder.encode(": heartbeat\n\n"), ends: "comment" };

/** Sent at once, so that an up-to-date reader receives the answer's head. */
const OPENED: Chunk = { bytes: encoder.encode(": open\n\n"), ends: "comment" };

/** Policy violation (RFC 6455 §7.4.1): the reader does not keep up. */
const CLOSE_TOO_SLOW = 1008;

/** Going away (RFC 6455 §7.4.1). */
const CLOSE_STOPPING = 1001;

/** A reader, as the hub uses it. */
export interface StreamReader {
  readonly transport: StreamTransport;
  /** Queues an update; false if more than `unread_bytes_max` would be unread with it. */
  send(update: StreamUpdate, unread_bytes_max: number): boolean;
  heartbeat(): void;
  end(reason: string): void;
}

/** Called with the bytes and events handed to the connection. */
export type OnSent = (bytes: number, events: number) => void;

/** A reader of server-sent events; {@link body} is its response body. */
export class SseReader implements StreamReader {
  readonly transport = "sse";
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  #queue: Chunk[] = [OPENED];
  /** Of updates: comments may always wait. */
  #unread_bytes = 0;
  #is_within_event = false;
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

  send(update: StreamUpdate, unread_bytes_max: number): boolean {
    if (this.#ending) return true;
    if (isTooMuch(this.#unread_bytes, update, unread_bytes_max)) return false;
    for (const { bytes } of update.chunks) this.#unread_bytes += bytes.length;
    this.#push(update.chunks);
    return true;
  }

  heartbeat(): void {
    if (!this.#ending && this.#queue.length === 0) this.#push([HEARTBEAT]);
  }

  end(reason: string): void {
    if (this.#ending) return;
    this.#ending = true;
    // Drops unread events: the reason must get through, and memory must be freed.
    const left = this.#is_within_event ? this.#queue.findIndex(({ ends }) => ends === "event") : -1;
    this.#queue = this.#queue.slice(0, left + 1);
    this.#push(endEvent(reason).chunks);
    this.#timer = setTimeout(() => {
      this.#gone();
      this.#controller.error(new AnswerCut(reason));
    }, STREAM_END_MS_MAX);
  }

  #push(chunks: readonly Chunk[]): void {
    for (const chunk of chunks) this.#queue.push(chunk);
    this.#pushed.resolve();
  }

  async #pull(): Promise<void> {
    if (this.#queue.length === 0) {
      this.#pushed = Promise.withResolvers();
      await this.#pushed.promise;
    }
    const chunk = this.#queue.shift();
    if (chunk === undefined) return;
    const { bytes, ends } = chunk;
    this.#is_within_event = ends === null;
    if (ends !== "comment") this.#unread_bytes -= bytes.length;
    this.onSent(bytes.length, ends === "event" ? 1 : 0);
    this.#controller.enqueue(bytes);
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

/** The first unread update may have any length: a reader that is not behind can take it. */
function isTooMuch(unread_bytes: number, { bytes }: StreamUpdate, bytes_max: number): boolean {
  return unread_bytes > 0 && unread_bytes + bytes > bytes_max;
}

/** The part of a WebSocket that a reader uses. */
export type Socket = Pick<
  WebSocket,
  "bufferedAmount" | "close" | "onclose" | "onerror" | "onmessage" | "readyState" | "send"
>;

/** The WebSockets of a thread until their connections have ended, with what they have unsent. */
export class OpenSockets {
  readonly #open = new Set<Socket>();
  #event: StreamEvent | null = null;
  #message = "";

  /** @param unsent_bytes_max Of all together; a single event may be longer. */
  constructor(readonly unsent_bytes_max = STREAM_SOCKETS_BYTES_MAX) {}

  get size(): number {
    return this.#open.size;
  }

  add(socket: Socket): void {
    this.#open.add(socket);
  }

  closed(socket: Socket): void {
    this.#open.delete(socket);
    if (this.#open.size > 0) return;
    this.#event = null;
    this.#message = "";
  }

  /** Whether an event of this length may be handed to a socket. */
  hasRoom(bytes: number): boolean {
    let unsent = 0;
    for (const { bufferedAmount } of this.#open) unsent += bufferedAmount;
    return unsent === 0 || unsent + bytes <= this.unsent_bytes_max;
  }

  /** An event's text. Only the last one is kept: readers of one filter get it in turn. */
  messageOf(event: StreamEvent): string {
    if (event !== this.#event) {
      this.#event = event;
      this.#message = event.message;
    }
    return this.#message;
  }
}

/**
 * A reader of WebSocket messages. Its heartbeats are the protocol's own pings. A message handed to
 * the socket is copied and cannot be taken back, so events, which readers share, wait here. A
 * client has nothing to send: its first message closes the socket.
 */
export class SocketReader implements StreamReader {
  readonly transport = "websocket";
  #queue: StreamEvent[] = [];
  #unread_bytes = 0;
  #ending = false;
  #is_gone = false;
  /** Timer of the next check while events wait, then of the end. */
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onGone Called once, when the reader is gone. */
  constructor(
    readonly socket: Socket,
    readonly onGone: () => void,
    readonly onSent: OnSent = () => {},
    readonly sockets: OpenSockets = new OpenSockets(),
  ) {
    sockets.add(socket);
    socket.onclose = () => {
      sockets.closed(socket);
      this.#gone();
    };
    socket.onerror = () => {};
    socket.onmessage = () => this.end("a stream takes no messages");
  }

  send(update: StreamUpdate, unread_bytes_max: number): boolean {
    this.#flush();
    if (this.#ending) return true;
    if (isTooMuch(this.#unread_bytes, update, unread_bytes_max)) return false;
    this.#unread_bytes += update.bytes;
    for (const event of update.events) this.#queue.push(event);
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
      if (!this.sockets.hasRoom(this.#queue[0].message_bytes)) break;
      const event = this.#queue.shift()!;
      this.#unread_bytes -= event.bytes;
      socket.send(this.sockets.messageOf(event));
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
    this.onGone();
  }
}
