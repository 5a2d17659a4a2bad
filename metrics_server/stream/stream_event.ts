/** An event as readers get it: encoded once, however many there are. */

const encoder = new TextEncoder();

/** Names of the events. */
export const STREAM_EVENT_NAMES = ["snapshot", "change", "end"] as const;

/** One of {@link STREAM_EVENT_NAMES}. */
export type StreamEventName = typeof STREAM_EVENT_NAMES[number];

/** One event. */
export class StreamEvent {
  #sse: Uint8Array<ArrayBuffer> | null = null;
  #message: string | null = null;
  #message_bytes = NaN;

  /**
   * @param id What `Last-Event-ID` names; null: the reader keeps the one it has.
   * @param data JSON, in one line.
   */
  constructor(
    readonly name: StreamEventName,
    readonly id: string | null,
    readonly data: string,
  ) {}

  /** As server-sent event (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
  get sse(): Uint8Array<ArrayBuffer> {
    const id = this.id === null ? "" : `id: ${this.id}\n`;
    return this.#sse ??= encoder.encode(`${id}event: ${this.name}\ndata: ${this.data}\n\n`);
  }

  /** As WebSocket message. */
  get message(): string {
    const id = this.id === null ? "" : `,"id":${JSON.stringify(this.id)}`;
    return this.#message ??= `{"event":"${this.name}"${id},"data":${this.data}}`;
  }

  /** Length of {@link message} as UTF-8. */
  get message_bytes(): number {
    if (Number.isNaN(this.#message_bytes)) {
      this.#message_bytes = encoder.encode(this.message).length;
    }
    return this.#message_bytes;
  }
}

/** The last event of a reader that is dropped. */
export function endEvent(reason: string): StreamEvent {
  return new StreamEvent("end", null, JSON.stringify({ reason }));
}
