/** A further serving thread (SERVE_THREADS > 1): same port, same snapshots, own event loop. */
import { attachLog, Durations } from "../platform/mod.ts";
import type { FromServeWorker, ToServeWorker } from "./messages.ts";
import { POLL_PHASES } from "./serve/mod.ts";
import { type Serving, startServing } from "./serving.ts";
import { Store } from "./store.ts";
import { ThreadFigures } from "./thread_figures.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToServeWorker>) => void) | null;
  postMessage(message: FromServeWorker): void;
  close(): void;
};

let store: Store;
let serving: Serving;

scope.onmessage = async ({ data: message }) => {
  switch (message.kind) {
    case "start":
      return start(message);
    case "update":
      return store.update(message.update);
    case "items":
      return store.updateItems(message.update);
    case "stats":
      return store.updateStats(message.source, message.stats);
    case "store":
      store.snapshot_store = message.stats;
      return;
    case "access":
      return serving.replaceAccess(message.access);
    case "stop":
      scope.postMessage({ kind: "stopped", drained: await serving.stop(message.timeout_ms) });
      scope.close();
  }
};

function start(message: Extract<ToServeWorker, { kind: "start" }>): void {
  store = new Store(
    message.urls,
    (source, hand_over) => scope.postMessage({ kind: "released", source, hand_over }),
  );
  try {
    serving = startServing({
      ...message.settings,
      store,
      log: attachLog(message.log),
      requestItems: (source, gzip) => scope.postMessage({ kind: "request_items", source, gzip }),
      figures: message.figures.map((cells) => new ThreadFigures(cells)),
      fabric: message.fabric,
      polls: new Durations(message.urls.length * POLL_PHASES.length, message.polls),
    });
    scope.postMessage({ kind: "listening" });
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    scope.postMessage({ kind: "failed", message: text });
  }
}
