/** What code that logs sees of the log. */
import type { EventName } from "../../contracts/mod.ts";
import type { Clock } from "../clock.ts";
import type { LogLevel } from "./level.ts";

/** Name of an event: one of the contract's, or another one. */
// deno-lint-ignore ban-types
export type LogEvent = EventName | (string & {});

/** Values of one line beside `ts, level, service, event`; undefined ones are left out. */
export type LogFields = Record<string, unknown>;

/** Writes NDJSON lines. No method throws or blocks. */
export interface Log {
  debug(event: LogEvent, fields?: LogFields): void;
  info(event: LogEvent, fields?: LogFields): void;
  warn(event: LogEvent, fields?: LogFields): void;
  error(event: LogEvent, fields?: LogFields): void;
  /**
   * One `http.access` line. Allocates nothing.
   *
   * @param ts_ms Epoch milliseconds of the answer.
   * @param endpoint Index into the endpoint names given to `createLog`.
   * @param latency_ms Written with at most three decimals. NaN leaves the field out, here and in
   *     the two that follow.
   * @param age_ms Written as a whole number.
   * @param bytes_sent Written as a whole number.
   */
  access(
    ts_ms: number,
    endpoint: number,
    status: number,
    latency_ms: number,
    age_ms: number,
    bytes_sent: number,
  ): void;
  /** Whether `access` writes anything: the level lets INFO through. */
  readonly access_on: boolean;
  /** Lines of all threads that were lost since the start, because stdout was too slow or gone. */
  readonly lines_dropped: number;
}

/** The log of the thread that created it. */
export interface LogSink extends Log {
  /** A way for one more thread to log: post it there and call `attachLog`. */
  share(): LogPort;
  /**
   * Writes what is left, for at most `timeout_ms`, and stops. Lines logged afterwards are lost.
   *
   * Where stdout's reader stalls, a thread stays blocked in its write: then only `Deno.exit` ends
   * the process, it does not end by itself.
   */
  close(timeout_ms: number): Promise<void>;
}

/** Can be posted to another thread; good for exactly one `attachLog`. */
export interface LogPort {
  readonly service: string;
  readonly level: LogLevel;
  readonly memory: SharedArrayBuffer;
  /** Which ring of the memory is that thread's. */
  readonly ring: number;
}

/** What `createLog` needs. */
export interface LogOptions {
  service: string;
  level: LogLevel;
  /** Names of the endpoints that `access` refers to by index. */
  endpoints: readonly string[];
  /** Where the lines' timestamps come from. Default: the machine's clock. */
  clock?: Clock;
  /** Room of each thread's ring, a power of two. Default: {@link LOG_RING_BYTES}. */
  ring_bytes?: number;
}
