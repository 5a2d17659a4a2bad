import { assertEquals } from "@std/assert";
import { joinBytes } from "../../platform/mod.ts";
import type { PollOutcome, SavedSnapshot } from "../poll/mod.ts";
import { timesOf } from "../poll/testing/taker.ts";
import { decodeEntry, encodeEntry } from "./entry.ts";
import { Keeper } from "./keeper.ts";
import { EntryError } from "./snapshot_store.ts";
import { StoreHealth } from "./store_health.ts";

const SOURCE = "http://source/";
const encoder = new TextEncoder();

function snapshot(snapshot_id: string): SavedSnapshot {
  const ms = 1_767_000_000_000;
  const times = timesOf({ answered_ms: ms, snapshot_ts: ms });
  const body = encoder.encode("switch_id,m\nsw-0,1\n");
  return { snapshot_id, etag: null, times, not_after_ms: ms, intervals_ms: [], body };
}

/** A keeper in a world of its own: store, clock and timers are the test's. */
class World {
  now_ms = 0;
  newest: SavedSnapshot | null = null;
  stored: Uint8Array<ArrayBuffer> | null = null;
  failure: string | Error | null = null;
  refusal: string | null = null;
  allocates = true;
  started = 0;
  readonly saved: string[] = [];
  readonly reports: string[] = [];
  readonly timers = new Map<() => void, number>();
  #slow: PromiseWithResolvers<void> | null = null;
  readonly keeper = new Keeper({
    store: {
      load: async () => {
        await this.#slow?.promise;
        return this.failure === null ? this.stored : this.#fail();
      },
      save: async (_key, parts) => {
        await this.#slow?.promise;
        if (this.failure !== null) return this.#fail();
        this.stored = joinBytes(parts);
        this.saved.push(decodeEntry(this.stored, SOURCE, 1000).snapshot_id);
      },
    },
    source: SOURCE,
    bytes_max: 1000,
    save_ms: 5000,
    health: new StoreHealth({
      kind: "file",
      epoch_ms: () => 0,
      report: (event, { detail }) => this.reports.push(detail ? `${event}: ${detail}` : event),
      onChange() {},
    }),
    isEmpty: () => this.newest === null,
    poller: {
      start: () => this.started++,
      adopt: (saved, { event }) => {
        if (this.refusal !== null) throw new Error(this.refusal);
        this.newest = saved;
        this.reports.push(`${event}: ${saved.snapshot_id}`);
      },
      save: () => {
        if (this.allocates) return this.newest;
        throw new RangeError("Array buffer allocation failed");
      },
    },
    monotonic_ms: () => this.now_ms,
    later: (delay_ms, run) => {
      const due = () => (this.timers.delete(due), run());
      this.timers.set(due, this.now_ms + delay_ms);
      return () => void this.timers.delete(due);
    },
    onIgnored: (detail) => this.reports.push(`snapshot.ignored: ${detail}`),
  });

  #fail(): Promise<never> {
    const { failure } = this;
    return Promise.reject(failure instanceof Error ? failure : new Error(failure!));
  }

  poll(id: string): Promise<void> {
    this.newest = snapshot(id);
    return this.ended({ snapshot: {} });
  }

  /** A poll has ended, by default with a 304. */
  ended(news: object = {}): Promise<void> {
    this.keeper.polled({ snapshot: null, event: "poll.run", ...news } as PollOutcome);
    return settled();
  }

  /** Moves the clock and runs the timers that are due. */
  async pass(ms: number): Promise<void> {
    this.now_ms += ms;
    for (const [due, at_ms] of this.timers) if (at_ms <= this.now_ms) due();
    await settled();
  }

  /** The store's answers wait until the returned function is called. */
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

Deno.test("Keeper saves the held snapshot again once a 304 has shown it to be older", async () => {
  const world = new World();
  await world.poll("a");
  await world.pass(60_000);
  await world.ended();
  assertEquals(world.saved, ["a"]);
  await world.ended({ not_after_ms: 1 });
  assertEquals(world.saved, ["a", "a"]);
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

const entry = (id: string) =>
  joinBytes(encodeEntry({ source: SOURCE, ...snapshot(id), published: null }));

Deno.test("Keeper restores the stored snapshot before the first poll", async () => {
  const world = new World();
  world.stored = entry("a");
  const end = world.slow();
  const started = world.keeper.start(true);
  await settled();
  assertEquals(world.started, 0);
  await end();
  await started;
  assertEquals([world.started, world.reports], [1, ["snapshot.restored: a"]]);
});

Deno.test("Keeper waits a second for a stored snapshot, and restores it late if none came", async () => {
  for (
    const [polled, reports] of [[false, ["snapshot.restored: a"]], [true, []]] as [
      boolean,
      string[],
    ][]
  ) {
    const world = new World();
    world.stored = entry("a");
    const end = world.slow();
    const started = world.keeper.start(true);
    await world.pass(1000);
    await started;
    assertEquals(world.started, 1);
    if (polled) world.newest = snapshot("b");
    await end();
    assertEquals(world.reports, reports);
  }
});

Deno.test("Keeper of a restarted worker restores nothing: older data may be stored", async () => {
  const world = new World();
  world.stored = entry("a");
  await world.keeper.start(false);
  assertEquals([world.started, world.reports], [1, []]);
});

for (
  const [what, prepare, detail] of [
    [
      "a foreign file",
      (world: World) => world.stored = encoder.encode("something else\n"),
      "it is no stored snapshot",
    ],
    [
      "an entry too long",
      (world: World) => world.failure = new EntryError("it has 2000 bytes"),
      "it has 2000 bytes",
    ],
    [
      "a body that the poller refuses",
      (world: World) => world.refusal = "no identity column",
      "no identity column",
    ],
  ] as const
) {
  Deno.test(`Keeper names and ignores ${what}`, async () => {
    const world = new World();
    world.stored = entry("a");
    prepare(world);
    await world.keeper.start(true);
    assertEquals([world.reports, world.started], [[`snapshot.ignored: ${detail}`], 1]);
  });
}

Deno.test("Keeper reports a disk that cannot be read, and the poller starts", async () => {
  const world = new World();
  world.failure = "Input/output error";
  await world.keeper.start(true);
  assertEquals([world.reports, world.started], [["store.error: load: Input/output error"], 1]);
});
