import { assertEquals, assertNotEquals } from "@std/assert";
import { bootOf } from "../contracts/mod.ts";
import type { Env } from "../platform/mod.ts";
import { readDataServerConfig } from "./config.ts";
import { createSource } from "./source.ts";
import { RecordingLog } from "./testing/recording_log.ts";
import { VirtualTime } from "./testing/virtual_time.ts";

const START_MS = 1_764_000_000_000;
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

Deno.test("createSource gives the same data for the same SEED, under other ids", async () => {
  for (const env of [{}, { DATA_PROFILE: "ufm", DATA_PORTS: "5" }]) {
    const [first, second] = [await run({ SEED: "7", ...env }), await run({ SEED: "7", ...env })];
    assertEquals(second.bodies, first.bodies);
    assertNotEquals(second.ids, first.ids);
    assertNotEquals((await run({ SEED: "8", ...env })).bodies, first.bodies);
    assertEquals(new Set(first.bodies).size, TICKS);
  }
});

Deno.test("createSource draws a seed where none is set, and says which", async () => {
  const { seed, bodies } = await run({}, () => 0.25);
  assertEquals(seed, 2 ** 30);
  assertEquals((await run({ SEED: String(2 ** 30) })).bodies, bodies);
});
