/** Faults of a real Redis; skipped without one. */
import { assert, assertEquals, assertRejects } from "@std/assert";
import { type ManagedProcess, onPath, redisCommand, startStore } from "../subject/mod.ts";
import { type FaultContext, storeFull, storeReadOnly } from "../vocabulary/mod.ts";
import { storeActuator } from "./store.ts";

const NO_CONTEXT = {} as FaultContext;
const ignore = !onPath("redis-server") && !onPath("valkey-server");

function write(store: ManagedProcess): Promise<unknown> {
  return redisCommand(new URL(store.url).host, "SET", "key", "value");
}

for (
  const [fault, error, state] of [
    [storeFull(), "OOM", "the store has maxmemory 1, had 0"],
    [storeReadOnly(), "READONLY", "the store has role slave, had master"],
  ] as const
) {
  const made = fault.make(NO_CONTEXT);
  Deno.test({
    name: `${made.kind} refuses writes with ${error} until lifted, and Redis counts them`,
    ignore,
    async fn() {
      await using store = await startStore({});
      const actuator = storeActuator(store);
      await write(store);
      await actuator.apply("1", made);
      await assertRejects(() => write(store), Error, error);
      assertEquals(await redisCommand(new URL(store.url).host, "GET", "key"), "value");
      assertEquals(await actuator.diff(), [state]);
      await actuator.lift("1");
      await write(store);
      assertEquals(await actuator.diff(), []);
      const [{ hits, evidence }] = await actuator.counters();
      assertEquals([hits, evidence], [{ "1": 1 }, { "1": `1 commands refused with ${error}` }]);
    },
  });

  Deno.test({
    name: `rollback ends ${made.kind}`,
    ignore,
    async fn() {
      await using store = await startStore({});
      const actuator = storeActuator(store);
      await actuator.apply("1", made);
      const failed: string[] = [];
      await actuator.rollback((step, ok) => void (ok || failed.push(step)));
      assertEquals([failed, await actuator.diff()], [[], []]);
      await write(store);
    },
  });
}

Deno.test({
  name: "a store that was restarted is empty and has no fault",
  ignore,
  async fn() {
    await using store = await startStore({});
    const actuator = storeActuator(store);
    await write(store);
    await actuator.apply("1", storeFull().make(NO_CONTEXT));
    await store.kill();
    assertEquals([await actuator.diff(), (await actuator.counters())[0].hits], [[], { "1": 0 }]);
    await store.restart();
    assertEquals(await redisCommand(new URL(store.url).host, "GET", "key"), null);
    assertEquals(await actuator.diff(), []);
  },
});

Deno.test({
  name:
    "redisCommand reads texts, numbers, lists and long replies; an error reply names the command",
  ignore,
  async fn() {
    await using store = await startStore({});
    const { host } = new URL(store.url);
    assertEquals(await redisCommand(host, "RPUSH", "list", "a", "é"), "2");
    assertEquals(await redisCommand(host, "LRANGE", "list", "0", "-1"), ["a", "é"]);
    assert(String(await redisCommand(host, "INFO")).length > 2_000);
    await assertRejects(
      () => redisCommand(host, "CONFIG", "SET", "maxmemory", "much"),
      Error,
      `Redis at ${host}, CONFIG SET: ERR`,
    );
  },
});

Deno.test("a run without a store has no store faults and no counters", async () => {
  const actuator = storeActuator(null);
  assertEquals([await actuator.counters(), await actuator.diff()], [[], []]);
  await assertRejects(
    () => actuator.apply("1", storeFull().make(NO_CONTEXT)),
    Error,
    "store.full: no store has this fault",
  );
});
