/** One reader of a stream, over server-sent events; socket_reader.ts has that of a WebSocket. */
import { AnswerCut } from "../../platform/mod.ts";
import { STREAM_BACKLOG_EVENTS_MAX, STREAM_END_MS_MAX } from "./limits.ts";
import type { StreamTransport } from "./stream_counts.ts";
import { endEvent, type StreamEvent } from "./stream_event.ts";

const encoder = new TextEncoder();
const HEARTBEAT = encoder.encode(": heartbeat\n\n");

/** Sent at once, so that a reader that lacks nothing has its answer's head. */
const OPENED = encoder.encode(": open\n\n");

/** What the hub knows of a reader. */
export interface StreamReader {
  readonly transport: StreamTransport;
  /** Hands an event over; false where the reader is too far behind to get it. */
  send(event: StreamEvent): boolean;
  /** Keeps the connection from looking dead. */
  heartbeat(): void;
  /** Ends it, with the reason. */
  end(reason: string): void;
}

/** Told what was handed to the connection. */
export type OnSent = (bytes: number, events: number) => void;

/** A reader of server-sent events: {@link body} is what it is sent. */
export class SseReader implements StreamReader {
  readonly transport = "sse";
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
  #queue: Uint8Array<ArrayBuffer>[] = [OPENED];
  #controller!: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
  #pushed = Promise.withResolvers<void>();
  #ending = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onGone Told once, when nothing is sent any more. */
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
    // What it has not read is let go of: the reason has to get through, and memory to come back.
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
