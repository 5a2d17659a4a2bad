/**
 * The thread that polls: everything between a source and a finished snapshot happens here, so that
 * nothing of it can hold up an answer.
 */
import { snapshotId } from "../contracts/mod.ts";
import type { FromPollWorker, ToPollWorker } from "./messages.ts";
import { fetchReader, ItemsDemand, Poller, type PollerConfig } from "./poll/mod.ts";
import { estimateItemsBytes, renderItems, type SnapshotData } from "./snapshot/mod.ts";

const scope = self as unknown as {
  onmessage: ((event: MessageEvent<ToPollWorker>) => void) | null;
  postMessage(message: FromPollWorker): void;
};

/** One source: its poller, and the items prepared of the snapshot held. */
interface Polled {
  readonly poller: Poller;
  readonly demand: ItemsDemand;
  items: Uint8Array | null;
}

let polled: Polled[] = [];

scope.onmessage = ({ data: message }) => {
  if (message.kind === "start") start(message.sources, message.boot);
  else wantItems(message.source);
};

function start(sources: readonly PollerConfig[], boot: string): void {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 1, http2: false });
  const read = fetchReader(client, () => Date.now());
  let sequence = 0;
  polled = sources.map((config, source) => {
    const demand = new ItemsDemand();
    const world = {
      read,
      epoch_ms: () => Date.now(),
      monotonic_ms: () => performance.now(),
      random: Math.random,
      later,
      nextId: () => snapshotId(boot, ++sequence),
      prepare(snapshot: SnapshotData) {
        entry.items = demand.take(estimateItemsBytes(snapshot)) ? renderItems(snapshot) : null;
      },
    };
    const poller = new Poller(config, world, ({ event, fields, stats, snapshot }) => {
      const items = snapshot === null ? null : entry.items;
      scope.postMessage({
        kind: "poll",
        update: { source, stats, snapshot, items },
        event,
        fields,
      });
    });
    const entry: Polled = { poller, demand, items: null };
    return entry;
  });
  for (const { poller } of polled) poller.start();
}

function wantItems(source: number): void {
  const { poller, demand } = polled[source];
  demand.ask();
  const snapshot = poller.snapshot;
  if (snapshot === null || polled[source].items !== null) return;
  const items = polled[source].items = renderItems(snapshot);
  scope.postMessage({ kind: "items", update: { source, snapshot_id: snapshot.id, items } });
}

function later(delay_ms: number, run: () => void): () => void {
  const timer = setTimeout(run, delay_ms);
  return () => clearTimeout(timer);
}
