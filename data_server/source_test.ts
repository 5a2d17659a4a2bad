import { assertEquals, assertGreater, assertMatch, assertNotEquals } from "@std/assert";
import { bootOf, EVENT_FIELDS } from "../contracts/mod.ts";
import type { Env } from "../platform/mod.ts";
import { readDataServerConfig } from "./config.ts";
import { createCsvBuffer } from "./simulation.ts";
import { createSource, SnapshotGenerator } from "./source.ts";
import { FabricSimulation } from "./profile_fabric.ts";
import { SnapshotStore } from "./snapshot_store.ts";
import { RecordingLog } from "./testing/recording_log.ts";
import { VirtualTime } from "./testing/virtual_time.ts";

const START_MS = 1_764_000_000_000;

function create(sizes = { switches: 4, fields: 3, seed: 1 }) {
  const simulation = new FabricSimulation(sizes);
  const store = new SnapshotStore(() => createCsvBuffer(simulation));
  const time = new VirtualTime(START_MS);
  const log = new RecordingLog();
  const generator = new SnapshotGenerator({
    simulation,
    store,
    boot: "boot",
    interval_ms: 10_000,
    clock: time,
    pause: () => Promise.resolve(time.block(1)),
    log,
  });
  return { simulation, store, time, log, generator };
}

Deno.test("SnapshotGenerator publishes a snapshot and logs every field of gen.tick", async () => {
  const { generator, store, log } = create();
  await generator.tick(0.12345);
  assertEquals(store.current.id, "boot-1");
  assertEquals(store.current.taken_at_ms, START_MS);
  assertEquals(log.lines, [{
    level: "info",
    event: "gen.tick",
    fields: { tick_ms: 0, interval_ms: 10_000, skew_ms: 0.123, snapshot_id: "boot-1" },
  }]);
  assertEquals(Object.keys(log.lines[0].fields), [...EVENT_FIELDS["gen.tick"]]);
});

Deno.test("SnapshotGenerator gives each snapshot its own id, time and values", async () => {
  const { generator, store, time, log } = create();
  const bodies: string[] = [];
  for (let tick = 0; tick < 3; tick++) {
    await generator.tick(0);
    const { buffer, body_bytes, taken_at_ms } = store.current;
    assertEquals(taken_at_ms, START_MS + tick * 10_000);
    bodies.push(new TextDecoder().decode(buffer.bytes.subarray(0, body_bytes)));
    time.block(10_000);
  }
  assertEquals(log.of("gen.tick").map((fields) => fields.snapshot_id), [
    "boot-1",
    "boot-2",
    "boot-3",
  ]);
  assertEquals(new Set(bodies).size, 3);
  for (const body of bodies) assertMatch(body, /^switch_id,.*\nsw-000,.*\n/);
});

Deno.test("SnapshotGenerator keeps snapshot times ascending when the clock is set back", async () => {
  const { generator, store, time } = create();
  await generator.tick(0);
  time.block(-3_600_000);
  await generator.tick(0);
  assertEquals(store.current.taken_at_ms, START_MS);
});

Deno.test("SnapshotGenerator serves the last snapshot while the next one is being written", async () => {
  const { generator, store, time, log } = create({ switches: 2_000, fields: 100, seed: 1 });
  const read_ms = time.monotonic_ms.bind(time);
  time.monotonic_ms = () => {
    time.block(2); // each clock reading takes a while, so there are many slices
    return read_ms();
  };
  await generator.tick(0);
  const first = store.current;
  const ticking = generator.tick(0);
  await Promise.resolve();
  assertEquals(store.current, first);
  await ticking;
  assertEquals(store.current.id, "boot-2");
  assertGreater(log.of("gen.tick")[1].tick_ms as number, 10);
});

Deno.test("SnapshotGenerator.stop aborts the snapshot being written without publishing it", async () => {
  const { generator, store, time, log } = create({ switches: 2_000, fields: 100, seed: 1 });
  await generator.tick(0);
  const read_ms = time.monotonic_ms.bind(time);
  time.monotonic_ms = () => {
    time.block(5);
    return read_ms();
  };
  const ticking = generator.tick(0);
  generator.stop();
  await ticking;
  assertEquals(store.current.id, "boot-1");
  assertEquals(log.of("gen.tick").length, 1);
});

const TICKS = 3;

/** The ids and bodies of the first ticks of a source that starts at `START_MS`. */
async function run(env: Env, entropy = Math.random) {
  const { config } = readDataServerConfig({ DATA_SWITCHES: "2", ...env });
  const time = new VirtualTime(START_MS);
  const source = createSource(config, {
    clock: time,
    log: new RecordingLog(),
    entropy,
    timer: time.timer,
  });
  const ids: string[] = [];
  const bodies: string[] = [];
  await source.start();
  for (let tick = 0; tick < TICKS; tick++) {
    const { id, buffer, body_bytes } = source.store.current;
    ids.push(id);
    bodies.push(new TextDecoder().decode(buffer.bytes.subarray(0, body_bytes)));
    await time.advance(config.DATA_INTERVAL_SEC * 1_000);
  }
  await source.stop();
  assertEquals(time.timers_pending, 0);
  return { ids, bodies, seed: source.seed };
}

Deno.test("createSource never uses an id twice in 1,000 restarts, even at the same millisecond", async () => {
  const seen = new Set<string>();
  const boots = new Set<string | null>();
  for (let restart = 0; restart < 1_000; restart++) {
    const { ids } = await run({ SEED: "42" });
    for (const id of ids) seen.add(id);
    boots.add(bootOf(ids[0]));
  }
  assertEquals(seen.size, 1_000 * TICKS);
  assertEquals(boots.size, 1_000);
});

Deno.test("createSource produces the same data under new ids for the same SEED", async () => {
  for (const env of [{}, { DATA_PROFILE: "ufm", DATA_PORTS: "5" }]) {
    const [first, second] = [await run({ SEED: "7", ...env }), await run({ SEED: "7", ...env })];
    assertEquals(second.bodies, first.bodies);
    assertNotEquals(second.ids, first.ids);
    assertNotEquals((await run({ SEED: "8", ...env })).bodies, first.bodies);
    assertEquals(new Set(first.bodies).size, TICKS);
  }
});

Deno.test("createSource reports the random seed if SEED is unset", async () => {
  const { seed, bodies } = await run({}, () => 0.25);
  assertEquals(seed, 2 ** 30);
  assertEquals((await run({ SEED: String(2 ** 30) })).bodies, bodies);
});
