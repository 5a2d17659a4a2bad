/** A further serving thread (SERVE_THREADS > 1), as the main thread sees it. */
import { ConfigError, workerOptions } from "../platform/mod.ts";
import type { DataMessage, FromServeWorker, ToPollWorker, ToServeWorker } from "./messages.ts";
import { serveWorkerNeeds } from "./worker_needs.ts";

/** Time after draining for a serving thread to report that it stopped. */
const STOP_REPORT_MS_MAX = 100;

interface ServeThreadOptions {
  readonly start: Extract<ToServeWorker, { kind: "start" }>;
  /** Called with what the thread sends to the poll worker. */
  onMessage(message: Extract<FromServeWorker, ToPollWorker>): void;
  /** Called when the thread has crashed. */
  onCrash(detail: string): void;
}

export class ServeThread {
  /** Resolves when it listens; rejects with a `ConfigError` if it cannot. */
  readonly listening: Promise<void>;
  readonly #worker: Worker;

  constructor({ start, onMessage, onCrash }: ServeThreadOptions) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.listening = promise;
    const { hostname, port } = start.settings;
    const options = workerOptions(serveWorkerNeeds(hostname, port));
    this.#worker = new Worker(new URL("./serve_worker.ts", import.meta.url), options);
    this.#worker.onmessage = ({ data }: MessageEvent<FromServeWorker>) => {
      if (data.kind === "listening") resolve();
      else if (data.kind === "failed") reject(new ConfigError(data.message));
      else if (data.kind !== "stopped") onMessage(data);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      onCrash(event.message);
      reject(new Error(event.message));
    };
    this.#post(start, start.fabric === null ? [] : [start.fabric]);
  }

  receive(message: DataMessage | Extract<ToServeWorker, { kind: "access" }>): void {
    this.#post(message);
  }

  /** Resolves with whether its answers finished in time; false for a crashed thread. */
  stop(timeout_ms: number): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(resolve, timeout_ms + STOP_REPORT_MS_MAX, false);
    this.#worker.onmessage = ({ data }: MessageEvent<FromServeWorker>) => {
      if (data.kind === "stopped") resolve(data.drained);
    };
    this.#worker.onerror = () => resolve(false);
    this.#post({ kind: "stop", timeout_ms });
    return promise.finally(() => clearTimeout(timer));
  }

  #post(message: ToServeWorker, moved: Transferable[] = []): void {
    this.#worker.postMessage(message, moved);
  }
}
