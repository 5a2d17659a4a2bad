/** A client of the hub, for tests. */
import { assertEquals } from "@std/assert";
import type { FilledStore } from "../../testing/test_server.ts";
import { STREAM_LIMITS, StreamHub } from "../hub.ts";
import type { StreamReader } from "../readers.ts";
import type { StreamFilter } from "../selection.ts";
import type { StreamEvent, StreamUpdate } from "../stream_event.ts";

/** A stream of everything. */
export const ALL: StreamFilter = { ids: null, metrics: null };

/** A reader that keeps its events and, like a client, the resulting table. */
export class Client implements StreamReader {
  readonly transport = "sse";
  readonly events: StreamEvent[] = [];
  readonly table = new Map<string, Record<string, unknown>>();
  ended: string | null = null;
  is_slow = false;
  /** Id of the last complete snapshot or change. */
  id: string | null = null;

  send({ events }: StreamUpdate): boolean {
    if (this.is_slow) return false;
    for (const event of events) this.#take(event);
    return true;
  }

  #take(event: StreamEvent): void {
    this.events.push(event);
    const data = JSON.parse(event.data);
    assertEquals(event.id, data.more === undefined ? data.snapshot_id : null);
    if (event.name === "snapshot") this.table.clear();
    if (event.name === "change") assertEquals(data.previous_id, this.id ?? data.previous_id);
    this.id = event.id ?? this.id;
    for (const { switch_id, ...values } of data.items) {
      this.table.set(switch_id, { ...this.table.get(switch_id), ...values });
    }
  }

  heartbeat(): void {}

  end(reason: string): void {
    this.ended = reason;
  }

  get received(): [string, string | null][] {
    return this.events.map(({ name, id }) => [name, id]);
  }

  last() {
    return JSON.parse(this.events.at(-1)!.data);
  }
}

export function hubOn(filled: FilledStore, limits = {}): StreamHub {
  const onError = (error: unknown) => {
    throw error;
  };
  return new StreamHub(filled.store, onError, undefined, { ...STREAM_LIMITS, ...limits });
}

/** Waits until the hub has processed the store's changes. */
export async function settled(hub: StreamHub): Promise<void> {
  for (let turn = 0; turn < 5; turn++) {
    await Promise.resolve();
    await hub.settled();
  }
}

export async function joined(hub: StreamHub, filter = ALL, last_id: string | null = null) {
  const client = new Client();
  hub.add(client, filter, last_id);
  await settled(hub);
  return client;
}

/** A hub whose clients have all left at the end. */
export async function withHub(
  filled: FilledStore,
  test: (
    hub: StreamHub,
    join: (filter?: StreamFilter, last_id?: string) => Promise<Client>,
  ) => Promise<void>,
  limits = {},
): Promise<void> {
  const hub = hubOn(filled, limits);
  const clients: Client[] = [];
  await test(hub, async (filter, last_id) => {
    const client = await joined(hub, filter, last_id ?? null);
    clients.push(client);
    return client;
  });
  for (const client of clients) hub.remove(client);
  assertEquals([hub.readers, hub.bytes], [0, 0]);
  await settled(hub);
}
