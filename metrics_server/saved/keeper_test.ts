import { assertEquals } from "@std/assert";
import { joinBytes } from "../../platform/mod.ts";
import type { SavedSnapshot } from "../poll/mod.ts";
import { timesOf } from "../poll/testing/taker.ts";
import { decodeEntry, encodeEntry } from "./entry.ts";
import { Keeper } from "./keeper.ts";
import { EntryError } from "./snapshot_store.ts";

const SOURCE = "http://source/";
const encoder = new TextEncoder();

function snapshot(snapshot_id: string): SavedSnapshot {
  const ms = 1_767_000_000_000;
  const times = timesOf({ answered_ms: ms, snapshot_ts: ms });
  const body = encoder.encode("switch_id,m\nsw-0,1\n");
  return { snapshot_id, etag: null, times, not_after_ms: ms, body };
}

/** A keeper in a world of its own: store, clock and timers are the test's. */
class World {
  now_ms = 0;
  newest: SavedSnapshot | null = null;
  stored: Uint8Array<ArrayBuffer> | null = null;
  failure: string | Error | null = null;
  allocates = true;
  readonly saved: string[] = [];
  readonly reports: string[] = [];
  readonly timers = new Map<() => void, number>();
  #slow: PromiseWithResolvers<void> | null = null;
  readonly keeper = new Keeper({
    store: {
      load: () => this.failure === null ? Promise.resolve(this.stored) : this.#fail(),
      save: async (_key, parts) => {
        await this.#slow?.promise;
        if (this.failure !== null) return this.#fail();
        this.stored = joinBytes(parts);
        this.saved.push(decodeEntry(this.stored, SOURCE, 1000).snapshot_id);
      },
      has: () => this.failure === null ? Promise.resolve(this.stored !== null) : this.#fail(),
      close() {},
    },
    source: SOURCE,
    bytes_max: 1000,
    save_ms: 5000,
    isEmpty: () => this.newest === null,
    newest: () => {
      if (this.allocates) return this.newest;
      throw new RangeError("Array buffer allocation failed");
    },
    monotonic_ms: () => this.now_ms,
    later: (delay_ms, run) => {
      const due = () => (this.timers.delete(due), run());
      this.timers.set(due, this.now_ms + delay_ms);
      return () => void this.timers.delete(due);
    },
    report: (event, detail) => this.reports.push(detail ? `${event}: ${detail}` : event),
  });

  #fail(): Promise<never> {
    const { failure } = this;
    return Promise.reject(failure instanceof Error ? failure : new Error(failure!));
  }

  poll(id: string): Promise<void> {
    this.newest = snapshot(id);
    this.keeper.changed();
    return settled();
  }

  /** Moves the clock and runs the timers that are due. */
  async pass(ms: number): Promise<void> {
    this.now_ms += ms;
    for (const [due, at_ms] of this.timers) if (at_ms <= this.now_ms) due();
    await settled();
  }

  /** Saves wait until the returned function is called. */
  slow(): () => Promise<void> {
    const slow = this.#slow = Promise.withResolvers<void>();
    return () => {
      this.#slow = null;
      slow.resolve();
      return settled();
    };
  }
}

/** Lets the promises of a save run to their end. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

Deno.test("Keeper saves the first snapshot at once and the newest one each save_ms", async () => {
  const world = new World();
  await world.poll("a");
  await world.poll("b");
  await world.pass(4999);
  await world.poll("c");
  assertEquals(world.saved, ["a"]);
  await world.pass(1);
  assertEquals(world.saved, ["a", "c"]);
  await world.pass(60_000);
  assertEquals(world.saved, ["a", "c"], "an unchanged snapshot is not saved again");
});

Deno.test("Keeper never saves twice at a time", async () => {
  const world = new World();
  const end = world.slow();
  await world.poll("a");
  await world.pass(6000);
  await world.poll("b");
  assertEquals(world.saved, []);
  await end();
  assertEquals(world.saved, ["a"]);
  await world.pass(5000);
  assertEquals(world.saved, ["a", "b"]);
});

Deno.test("Keeper reports a failing store once, tries again, and reports its recovery", async () => {
  const world = new World();
  world.failure = "No space left on device";
  await world.poll("a");
  for (let n = 0; n < 3; n++) await world.pass(5000);
  assertEquals(world.reports, ["store.error: save: No space left on device"]);
  world.failure = null;
  await world.pass(5000);
  assertEquals(world.saved, ["a"]);
  assertEquals(world.reports.slice(1), ["store.recovered"]);
});

Deno.test("Keeper saves again after copies of the snapshot that found no memory", async () => {
  const world = new World();
  world.allocates = false;
  await world.poll("a");
  for (let n = 0; n < 3; n++) await world.pass(5000);
  world.allocates = true;
  await world.pass(5000);
  await world.poll("b");
  await world.pass(5000);
  assertEquals(world.saved, ["a", "b"]);
});

Deno.test("Keeper saves an unchanged snapshot again if the store has lost it", async () => {
  const world = new World();
  await world.poll("a");
  await world.pass(5000);
  world.stored = null;
  await world.pass(5000);
  assertEquals(world.saved, ["a", "a"]);
  world.stored = null;
  await world.keeper.stop();
  assertEquals([world.saved, world.timers.size], [["a", "a", "a"], 0]);
});

Deno.test("Keeper saves a restored snapshot again if the store loses it", async () => {
  const world = new World();
  world.stored = joinBytes(encodeEntry({ source: SOURCE, ...snapshot("a") }));
  await world.keeper.restore((saved) => world.newest = saved);
  world.stored = null;
  await world.pass(5000);
  assertEquals(world.saved, ["a"]);
});

Deno.test("Keeper notices a store that fails between saves, once, and its recovery", async () => {
  const world = new World();
  await world.poll("a");
  world.failure = "Connection refused";
  for (let n = 0; n < 3; n++) await world.pass(5000);
  world.failure = null;
  await world.pass(5000);
  assertEquals(world.reports, ["store.error: look-up: Connection refused", "store.recovered"]);
});

Deno.test("Keeper reports a save that does not end, and its end", async () => {
  const world = new World();
  const end = world.slow();
  await world.poll("a");
  await world.pass(29_999);
  assertEquals(world.reports, []);
  await world.pass(1);
  assertEquals(world.reports, ["store.error: save: not done after 30000 ms"]);
  await end();
  assertEquals([world.saved, world.reports.slice(1)], [["a"], ["store.recovered"]]);
});

Deno.test("Keeper saves what is unsaved when it stops, and nothing later", async () => {
  const world = new World();
  await world.poll("a");
  await world.poll("b");
  await world.keeper.stop();
  assertEquals(world.saved, ["a", "b"]);
  await world.poll("c");
  await world.pass(10_000);
  assertEquals(world.saved, ["a", "b"]);
});

Deno.test("Keeper restores the stored snapshot", async () => {
  const world = new World();
  world.stored = joinBytes(encodeEntry({ source: SOURCE, ...snapshot("a") }));
  const restored: string[] = [];
  await world.keeper.restore(({ snapshot_id }) => restored.push(snapshot_id));
  assertEquals([restored, world.reports], [["a"], []]);
});

Deno.test("Keeper names a stored snapshot that cannot be used and ignores it", async () => {
  const world = new World();
  world.stored = encoder.encode("something else\n");
  await world.keeper.restore(() => {
    throw new Error("must not be applied");
  });
  assertEquals(world.reports, ["snapshot.ignored: it is no stored snapshot"]);
});

Deno.test("Keeper names an entry that the store found too long, and reads it once", async () => {
  const world = new World();
  world.failure = new EntryError("it has 2000 bytes");
  await world.keeper.restore(() => {});
  assertEquals([world.reports, world.timers.size], [["snapshot.ignored: it has 2000 bytes"], 0]);
});

Deno.test("Keeper names a stored snapshot that the poller refuses", async () => {
  const world = new World();
  world.stored = joinBytes(encodeEntry({ source: SOURCE, ...snapshot("a") }));
  await world.keeper.restore(() => {
    throw new Error("no identity column");
  });
  assertEquals(world.reports, ["snapshot.ignored: no identity column"]);
});

Deno.test("Keeper reads a failing store again until there is a snapshot", async () => {
  const world = new World();
  world.failure = "Connection refused";
  const restored: string[] = [];
  await world.keeper.restore(({ snapshot_id }) => restored.push(snapshot_id));
  await world.pass(1000);
  world.failure = null;
  world.stored = joinBytes(encodeEntry({ source: SOURCE, ...snapshot("a") }));
  await world.pass(1000);
  assertEquals(restored, ["a"]);
  assertEquals(world.reports, ["store.error: load: Connection refused", "store.recovered"]);
});

Deno.test("Keeper does not restore once a poll has delivered", async () => {
  const world = new World();
  world.failure = "Connection refused";
  await world.keeper.restore(() => {
    throw new Error("must not be applied");
  });
  world.newest = snapshot("polled");
  world.failure = null;
  await world.pass(1000);
  assertEquals(world.reports, ["store.error: load: Connection refused"]);
});
