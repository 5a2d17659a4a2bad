/** The log, as the services use it. */
import type { EventName } from "../../contracts/mod.ts";
import type { Clock } from "../clock.ts";

/** Levels of log lines, least important first. */
export const LOG_LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"] as const;

export type LogLevel = typeof LOG_LEVELS[number];

/** Name of an event: one of the contract, or any other. */
// deno-lint-ignore ban-types
export type LogEvent = EventName | (string & {});

/** Fields of a line besides `ts, level, service, event`; undefined ones are left out. */
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
   * @param latency_ms Written with at most three decimals. NaN leaves this and the next two out.
   * @param age_ms Written as a whole number.
   * @param bytes_sent Written as a whole number.
   * @param label Number of a {@link label} whose fields come last; 0: none. So is `label_2`.
   * @param is_debug Writes the line at DEBUG; without effect unless {@link debug_on}.
   */
  access(
    ts_ms: number,
    endpoint: number,
    status: number,
    latency_ms: number,
    age_ms: number,
    bytes_sent: number,
    label?: number,
    label_2?: number,
    is_debug?: boolean,
  ): void;
  /** One `http.access` line with any fields, for lines that need more than numbers and labels. */
  accessFields(fields: LogFields): void;
  /**
   * Gives the label of this number, 1 to LOG_LABELS_MAX − 1, these fields in later `access` lines
   * of this thread. Returns false if the label cannot be used: the fields are too long, or the ring
   * is full.
   */
  label(number: number, fields: LogFields): boolean;
  /** Whether `access` writes anything: the level includes INFO. */
  readonly access_on: boolean;
  /** Whether the level includes DEBUG. */
  readonly debug_on: boolean;
  /** Lines of all threads lost since the start, because stdout was too slow or closed. */
  readonly lines_dropped: number;
}

/** The log of the thread that created it. */
export interface LogSink extends Log {
  /** Lets one more thread log: post the port there and call `attachLog`. */
  share(): LogPort;
  /**
   * Writes the remaining lines, for at most `timeout_ms`, and stops. Later lines are lost.
   *
   * If stdout's reader stalls, the log's thread stays blocked in its write: then only `Deno.exit`
   * ends the process.
   */
  close(timeout_ms: number): Promise<void>;
}

/** Connects one thread to the log; can be posted, and attached exactly once. */
export interface LogPort {
  readonly service: string;
  readonly level: LogLevel;
  readonly memory: SharedArrayBuffer;
  readonly ring: number;
}

export interface LogOptions {
  service: string;
  level: LogLevel;
  endpoints: readonly string[];
  /** Clock of the timestamps. Default: the machine's. */
  clock?: Clock;
  /** Room of each thread's ring, a power of two. Default: {@link LOG_RING_BYTES}. */
  ring_bytes?: number;
}
