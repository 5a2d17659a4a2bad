import { assertEquals, assertGreater, assertMatch } from "@std/assert";
import { EVENT_FIELDS } from "../contracts/mod.ts";
import { createCsvBuffer } from "./csv_writer.ts";
import { SnapshotGenerator } from "./generator.ts";
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

Deno.test("SnapshotGenerator publishes and logs a snapshot with every field of gen.tick", async () => {
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

Deno.test("SnapshotGenerator gives each snapshot another id, its own time and other values", async () => {
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

Deno.test("SnapshotGenerator never dates a snapshot before the last, also where the clock is set back", async () => {
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
    time.block(2); // every look at the clock takes a while: many slices
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

Deno.test("SnapshotGenerator.stop ends the snapshot being written, which is never published", async () => {
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
