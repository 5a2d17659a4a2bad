/** The log as a thread sees it: writes records to that thread's ring. */
import { type Clock, systemClock } from "../clock.ts";
import { LOG_LEVELS, type LogLevel } from "./level.ts";
import { lineText } from "./line_text.ts";
import type { Log, LogEvent, LogFields, LogPort } from "./log.ts";
import { RingWriter } from "./ring_writer.ts";
import { LogMemory } from "./shared_memory.ts";

/** Writes to the one ring that a port stands for. */
export class RingLog implements Log {
  readonly access_on: boolean;
  readonly #memory: LogMemory;
  readonly #writer: RingWriter;
  readonly #service: string;
  readonly #level_min: number;
  readonly #clock: Clock;

  constructor(port: LogPort, clock: Clock) {
    this.#memory = new LogMemory(port.memory);
    this.#writer = new RingWriter(this.#memory, port.ring);
    this.#service = port.service;
    this.#level_min = LOG_LEVELS.indexOf(port.level);
    this.#clock = clock;
    this.access_on = this.#lets("INFO");
  }

  get lines_dropped(): number {
    return this.#memory.linesDropped();
  }

  debug(event: LogEvent, fields?: LogFields): void {
    this.#put("DEBUG", event, fields);
  }

  info(event: LogEvent, fields?: LogFields): void {
    this.#put("INFO", event, fields);
  }

  warn(event: LogEvent, fields?: LogFields): void {
    this.#put("WARN", event, fields);
  }

  error(event: LogEvent, fields?: LogFields): void {
    this.#put("ERROR", event, fields);
  }

  access(
    ts_ms: number,
    endpoint: number,
    status: number,
    latency_ms: number,
    age_ms: number,
    bytes_sent: number,
  ): void {
    if (!this.access_on) return;
    this.#writer.putAccess(ts_ms, endpoint, status, latency_ms, age_ms, bytes_sent);
  }

  #put(level: LogLevel, event: LogEvent, fields: LogFields = {}): void {
    if (!this.#lets(level)) return;
    this.#writer.putText(this.#clock.epoch_ms(), lineText(level, this.#service, event, fields));
  }

  #lets(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= this.#level_min;
  }
}

/**
 * The log of this thread, from a port that another one made with `share()`.
 *
 * @param clock Where the lines' timestamps come from.
 */
export function attachLog(port: LogPort, clock: Clock = systemClock): Log {
  return new RingLog(port, clock);
}
