/** The thread that renders `/metrics/fabric` (METRICS_FABRIC=on): it reads the same snapshots. */
import { FabricRenderer, serveFabric } from "./fabric/mod.ts";
import type { FromFabricWorker, ToFabricWorker } from "./messages.ts";
import { Store } from "./store.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToFabricWorker>) => void) | null;
  postMessage(message: FromFabricWorker): void;
};

let store: Store;
let renderer: FabricRenderer;

scope.onmessage = ({ data: message }) => {
  switch (message.kind) {
    case "start":
      store = new Store(
        message.urls,
        (source, hand_over) => scope.postMessage({ kind: "released", source, hand_over }),
      );
      renderer = new FabricRenderer(store, message.settings, {
        now: () => Date.now(),
        later: (delay_ms, run) => void setTimeout(run, delay_ms),
      });
      return;
    case "connect":
      return serveFabric(message.port, (selection) => renderer.render(selection));
    case "update":
      store.update(message.update);
      if (message.update.snapshot !== null) renderer.changed();
  }
};
