/** The NDJSON a service writes to stdout, as events a test can wait for. */
import type { EventName } from "../../contracts/mod.ts";
import { DEADLINE_MS, until } from "./until.ts";

/** One line of the log. */
export interface LoggedEvent {
  ts: string;
  level: string;
  service: string;
  event: string;
  // deno-lint-ignore no-explicit-any -- each event has fields of its own
  [field: string]: any;
}

/** Lines kept; a test that makes more has to be made smaller. */
const LINES_MAX = 400_000;

/** Lines shown where a wait fails. */
const LINES_SHOWN = 12;

/** Collects a service's lines until its stdout ends. */
export class EventLog {
  /** Every line so far that was an event, in order. */
  readonly events: LoggedEvent[] = [];
  /** Lines that were no JSON object: there should be none. */
  readonly foreign: string[] = [];
  /** Resolves when stdout has ended, or was closed with {@link close}. */
  readonly ended: Promise<void>;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  #gate: PromiseWithResolvers<void> | null = null;
  #has_ended = false;

  constructor(stdout: ReadableStream<Uint8Array>) {
    this.#reader = stdout.getReader();
    this.ended = this.#pump();
  }

  /** Stops reading: from now on the service's stdout fills up. */
  stall(): void {
    this.#gate ??= Promise.withResolvers();
  }

  /** Reads on. */
  resume(): void {
    this.#gate?.resolve();
    this.#gate = null;
  }

  /** Closes the reading end: the service's next write fails with EPIPE. */
  async close(): Promise<void> {
    await this.#reader.cancel();
    this.resume();
    await this.ended;
  }

  /** All events of this name so far. */
  all(name: EventName | string): LoggedEvent[] {
    return this.events.filter(({ event }) => event === name);
  }

  /** Number of lines so far: hand it to {@link wait} to look at later ones only. */
  get mark(): number {
    return this.events.length;
  }

  /** The first event of this name that fits, from `since` on; waits for it. */
  async wait(
    name: EventName | string,
    fits: (event: LoggedEvent) => boolean = () => true,
    since = 0,
    deadline_ms = DEADLINE_MS,
  ): Promise<LoggedEvent> {
    let at = since;
    try {
      return await until(`event ${name}`, () => {
        for (; at < this.events.length; at++) {
          const event = this.events[at];
          if (event.event === name && fits(event)) return event;
        }
        if (this.#has_ended) throw new Error(`no event ${name} before stdout ended`);
      }, deadline_ms);
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
