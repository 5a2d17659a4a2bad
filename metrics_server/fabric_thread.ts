/** The thread that renders `/metrics/fabric`, as the main thread sees it. */
import { workerOptions } from "../platform/mod.ts";
import type { FabricSettings } from "./fabric/mod.ts";
import type { DataMessage, FromFabricWorker, ToFabricWorker } from "./messages.ts";

interface FabricThreadOptions {
  /** URLs of the sources. */
  readonly urls: readonly string[];
  readonly settings: FabricSettings;
  /** Called when the thread has released a snapshot. */
  onReleased(message: FromFabricWorker): void;
  /** Called when the thread has crashed. */
  onCrash(detail: string): void;
}

export class FabricThread {
  readonly #worker = new Worker(new URL("./fabric_worker.ts", import.meta.url), workerOptions());

  constructor({ urls, settings, onReleased, onCrash }: FabricThreadOptions) {
    this.#worker.onmessage = ({ data }: MessageEvent<FromFabricWorker>) => onReleased(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      onCrash(event.message);
    };
    this.#post({ kind: "start", urls, settings });
  }

  /** A serving thread's way to this one. */
  connect(): MessagePort {
    const { port1, port2: port } = new MessageChannel();
    this.#post({ kind: "connect", port }, [port]);
    return port1;
  }

  /** Passes on what the poll worker reported; only snapshots count here. */
  receive(message: DataMessage): void {
    if (message.kind === "update") this.#post(message);
  }

  terminate(): void {
    this.#worker.terminate();
  }

  #post(message: ToFabricWorker, moved: Transferable[] = []): void {
    this.#worker.postMessage(message, moved);
  }
}
