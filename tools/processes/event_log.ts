/** The log of a program (NDJSON on stdout) as events to wait for. */
import { until } from "../verdict/mod.ts";

/** One line of the log: an object that names its event. */
export interface LoggedEvent {
  event: string;
  // deno-lint-ignore no-explicit-any -- each event has its own fields
  [field: string]: any;
}

/** Most lines kept. */
const LINES_MAX = 400_000;
/** Lines quoted if a wait fails. */
const LINES_SHOWN = 12;

/** Collects a program's lines until its stdout ends. */
export class EventLog {
  /** All events so far, in order. */
  readonly events: LoggedEvent[] = [];
  /** Lines that are not JSON, an unfinished last line included. */
  readonly foreign: string[] = [];
  /** The last line if its end is missing, else empty. */
  unfinished = "";
  /** Resolves when stdout has ended or {@link close} was called. */
  readonly ended: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #gate: PromiseWithResolvers<void> | null = null;
  #has_ended = false;

  constructor(stdout: ReadableStream<Uint8Array>) {
    this.#reader = stdout.getReader();
    this.ended = this.#pump();
  }

  /** Stops reading, so that the program's stdout fills up. */
  stall(): void {
    this.#gate ??= Promise.withResolvers();
  }

  resume(): void {
    this.#gate?.resolve();
    this.#gate = null;
  }

  /** Closes the reading end: the program's next write fails with EPIPE. */
  async close(): Promise<void> {
    await this.#reader.cancel();
    this.resume();
    await this.ended;
  }

  all(name: string): LoggedEvent[] {
    return this.events.filter(({ event }) => event === name);
  }

  /** Number of events so far; pass it to {@link wait} to skip them. */
  get mark(): number {
    return this.events.length;
  }

  /** Waits for the first matching event, from event `since` on. */
  async wait(
    name: string,
    matches: (event: LoggedEvent) => boolean = () => true,
    since = 0,
  ): Promise<LoggedEvent> {
    let at = since;
    try {
      return await until(`event ${name}`, () => {
        for (; at < this.events.length; at++) {
          const event = this.events[at];
          if (event.event === name && matches(event)) return event;
        }
        if (this.#has_ended) throw new Error(`no event ${name} before stdout ended`);
      });
    } catch (error) {
      const last = this.events.slice(-LINES_SHOWN).map((event) => JSON.stringify(event));
      throw new Error(`${(error as Error).message}; last lines:\n${last.join("\n")}`);
    }
  }

  async #pump(): Promise<void> {
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await this.#reader.read();
      if (done) break;
      const lines = (rest + decoder.decode(value, { stream: true })).split("\n");
      rest = lines.pop()!;
      for (const line of lines) this.#take(line);
      if (this.#gate !== null) await this.#gate.promise;
    }
    this.unfinished = rest;
    if (rest !== "") this.foreign.push(rest);
    this.#has_ended = true;
  }

  #take(line: string): void {
    if (this.events.length >= LINES_MAX) throw new Error(`more than ${LINES_MAX} lines of log`);
    try {
      this.events.push(JSON.parse(line));
    } catch {
      this.foreign.push(line);
    }
  }
}
