/** The log events on a process's stdout, as they come; for tests and the smoke. */
import { LineCutter } from "../tools/processes/mod.ts";

/** Longest wait for an event. */
const EVENT_MS_MAX = 10_000;

/** A log event. */
export type LogEvent = Record<string, unknown>;

/** Reads a stream of NDJSON; keeps every event. */
export class EventLog {
  /** Events so far, oldest first. */
  readonly events: LogEvent[] = [];
  /** Resolves at the stream's end; rejects where a line is not JSON. */
  readonly ended: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #waiting = new Set<() => void>();
  #gate = Promise.withResolvers<void>();
  #is_closing = false;
  #has_ended = false;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.#gate.resolve();
    this.#reader = stream.getReader();
    this.ended = this.#read().finally(() => {
      this.#has_ended = true;
      this.#wake();
    });
  }

  /** The first event, past or to come, for which `matches` holds; rejects where none comes. */
  async event(matches: (event: LogEvent) => boolean): Promise<LogEvent> {
    const found = Promise.withResolvers<LogEvent>();
    const fail = () => found.reject(new Error(this.#missing()));
    const timer = setTimeout(fail, EVENT_MS_MAX);
    const check = () => {
      const hit = this.events.find(matches);
      if (hit !== undefined) found.resolve(hit);
      else if (this.#has_ended) fail();
    };
    this.#waiting.add(check);
    check();
    try {
      return await found.promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(check);
    }
  }

  /** The URL the service tells in its `startup`. */
  async url(service: string): Promise<string> {
    const is_startup = (e: LogEvent) => e.event === "startup" && e.service === service;
    return String((await this.event(is_startup)).url);
  }

  /** Stops reading, or reads on. */
  stall(is_stalled: boolean): void {
    if (is_stalled) this.#gate = Promise.withResolvers<void>();
    else this.#gate.resolve();
  }

  /** Closes the reading end. */
  async close(): Promise<void> {
    this.#is_closing = true;
    await this.#reader.cancel();
  }

  async #read(): Promise<void> {
    const cutter = new LineCutter();
    const decoder = new TextDecoder();
    while (!this.#is_closing) {
      await this.#gate.promise;
      const { done, value } = await this.#reader.read();
      if (done) return;
      const lines = decoder.decode(cutter.push(value)).split("\n").slice(0, -1);
      this.events.push(...lines.map((line) => JSON.parse(line)));
      this.#wake();
    }
  }

  #wake(): void {
    this.#waiting.forEach((check) => check());
  }

  #missing(): string {
    const names = this.events.map(({ event }) => event).join(", ");
    return `no such event within ${EVENT_MS_MAX} ms, or before the end, among: ${names}`;
  }
}
