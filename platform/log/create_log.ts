/**
 * Creates the log and connects threads to it.
 *
 *     thread ──records──> its ring ──┐
 *     thread ──records──> its ring ──┴──> log worker ──NDJSON──> stdout
 */
import { type Clock, systemClock } from "../clock.ts";
import { ConfigError } from "../env/config_error.ts";
import { LOG_LABEL_BYTES_MAX, LOG_LABELS_MAX, LOG_RING_BYTES } from "./limits.ts";
import type { LogWorkerStart } from "./log_worker.ts";
import { inert, lineText } from "./line_text.ts";
import {
  type Log,
  LOG_LEVELS,
  type LogEvent,
  type LogFields,
  type LogLevel,
  type LogOptions,
  type LogPort,
  type LogSink,
} from "./log.ts";
import { RingWriter } from "./ring.ts";
import { redacting } from "../redact.ts";
import { workerOptions } from "../worker_options.ts";
import { LogMemory, STATE } from "./shared_memory.ts";

const HIDES_CREDENTIALS = redacting();
const ENCODER = new TextEncoder();

/**
 * Starts a log that writes NDJSON to stdout from its own thread. Needs `--allow-read` for this
 * folder, which contains that thread's code.
 *
 * ```ts
 * const log = createLog({ service: "data_server", level: "INFO", endpoints: ["counters"] });
 * log.info("startup", { port: 9001 });
 * log.access(Date.now(), 0, 200, 0.214, 820, 1749);
 * await log.close(1_000);
 * ```
 *
 * @throws {ConfigError} The permission is missing.
 */
export function createLog(options: LogOptions): LogSink {
  requireCodeToBeReadable();
  const memory = LogMemory.create(options.ring_bytes ?? LOG_RING_BYTES);
  return new WorkerLog(options, memory, options.clock ?? systemClock);
}

/** Without the permission, the worker would end the process with a stack trace. */
function requireCodeToBeReadable(): void {
  const folder = new URL(".", import.meta.url);
  if (folder.protocol !== "file:") return;
  if (Deno.permissions.querySync({ name: "read", path: folder }).state !== "granted") {
    throw new ConfigError("platform/log: may not be read: add platform/log to --allow-read");
  }
}

class RingLog implements Log {
  readonly access_on: boolean;
  readonly debug_on: boolean;
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
    this.debug_on = this.#lets("DEBUG");
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
    label = 0,
    label_2 = 0,
    is_debug = false,
  ): void {
    if (!this.access_on || (is_debug && !this.debug_on)) return;
    this.#writer.putAccess(
      ts_ms,
      endpoint,
      status,
      latency_ms,
      age_ms,
      bytes_sent,
      label,
      label_2,
      is_debug,
    );
  }

  accessFields(fields: LogFields): void {
    if (!this.access_on) return;
    const text = lineText("INFO", this.#service, "http.access", fields, HIDES_CREDENTIALS);
    this.#writer.putText(this.#clock.epoch_ms(), text, true);
  }

  label(number: number, fields: LogFields): boolean {
    const json = inert(JSON.stringify(fields, HIDES_CREDENTIALS));
    const text = ENCODER.encode(`,${json.slice(1, -1)}`);
    if (!(number > 0 && number < LOG_LABELS_MAX)) return false;
    return text.length <= LOG_LABEL_BYTES_MAX && this.#writer.putLabel(number, text);
  }

  #put(level: LogLevel, event: LogEvent, fields: LogFields = {}): void {
    if (!this.#lets(level)) return;
    const text = lineText(level, this.#service, event, fields, HIDES_CREDENTIALS);
    this.#writer.putText(this.#clock.epoch_ms(), text);
  }

  #lets(level: LogLevel): boolean {
    return LOG_LEVELS.indexOf(level) >= this.#level_min;
  }
}

class WorkerLog extends RingLog implements LogSink {
  readonly #options: LogOptions;
  readonly #memory: LogMemory;
  readonly #worker: Worker;
  readonly #ended = Promise.withResolvers<void>();

  constructor(options: LogOptions, memory: LogMemory, clock: Clock) {
    super(takePort(options, memory), clock);
    this.#options = options;
    this.#memory = memory;
    this.#worker = startWorker(options, memory, this.#ended.resolve);
  }

  share(): LogPort {
    return takePort(this.#options, this.#memory);
  }

  async close(timeout_ms: number): Promise<void> {
    this.#memory.setState(STATE.CLOSE);
    const timer = setTimeout(this.#ended.resolve, timeout_ms);
    await this.#ended.promise;
    clearTimeout(timer);
    this.#memory.setState(STATE.ABANDON);
    this.#worker.terminate();
  }
}

function takePort({ level, service }: LogOptions, memory: LogMemory): LogPort {
  return { level, service, memory: memory.buffer, ring: memory.takeRing() };
}

function startWorker(options: LogOptions, memory: LogMemory, ended: () => void): Worker {
  const worker = new Worker(new URL("./log_worker.ts", import.meta.url), {
    ...workerOptions(),
    name: "log",
  });
  const { service, endpoints } = options;
  const start: LogWorkerStart = { memory: memory.buffer, service, endpoints };
  let is_ready = false;
  worker.onmessage = ({ data }) => data === "ready" ? is_ready = true : ended();
  worker.onerror = (event) => {
    event.preventDefault();
    const line = `log: the log worker ended: ${event.message}\n`;
    Deno.stderr.writeSync(new TextEncoder().encode(line));
    // A service must not start without a log, but must not stop for it later.
    if (!is_ready) Deno.exit(1);
    ended();
  };
  worker.postMessage(start);
  return worker;
}

/** The log of this thread, from a port that another thread made with `share()`. */
export function attachLog(port: LogPort, clock: Clock = systemClock): Log {
  return new RingLog(port, clock);
}
