/** Starts the log worker and stops it. */
import { type Clock, systemClock } from "../clock.ts";
import { ConfigError } from "../env/mod.ts";
import { LOG_RING_BYTES } from "./limits.ts";
import type { LogWorkerStart } from "./log_worker.ts";
import type { LogOptions, LogPort, LogSink } from "./log.ts";
import { RingLog } from "./ring_log.ts";
import { LogMemory, STATE } from "./shared_memory.ts";

/**
 * Starts a log that writes NDJSON to stdout from a thread of its own. Needs `--allow-read` for
 * this folder, where that thread's code is.
 *
 * ```ts
 * const log = createLog({ service: "data_server", level: "INFO", endpoints: ["counters"] });
 * log.info("startup", { port: 9001 });
 * log.access(Date.now(), 0, 200, 0.214, 820, 1749);
 * await log.close(1_000);
 * ```
 *
 * @throws {ConfigError} Where that permission is missing.
 */
export function createLog(options: LogOptions): LogSink {
  requireCodeToBeReadable();
  const memory = LogMemory.create(options.ring_bytes ?? LOG_RING_BYTES);
  return new WorkerLog(options, memory, options.clock ?? systemClock);
}

/** A worker without the permission would end the process from outside, with a stack. */
function requireCodeToBeReadable(): void {
  const folder = new URL(".", import.meta.url);
  if (folder.protocol !== "file:") return;
  if (Deno.permissions.querySync({ name: "read", path: folder }).state !== "granted") {
    throw new ConfigError("platform/log: may not be read: add platform/log to --allow-read");
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
    type: "module",
    name: "log",
  });
  const { service, endpoints } = options;
  const start: LogWorkerStart = { memory: memory.buffer, service, endpoints };
  let is_ready = false;
  worker.onmessage = ({ data }) => data === "ready" ? is_ready = true : ended();
  worker.onerror = (event) => {
    event.preventDefault();
    tellOnStderr(`log: the log worker ended: ${event.message}`);
    // A service that cannot log must not start; one that could must not stop for its log.
    if (!is_ready) Deno.exit(1);
    ended();
  };
  worker.postMessage(start);
  return worker;
}

function tellOnStderr(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}
