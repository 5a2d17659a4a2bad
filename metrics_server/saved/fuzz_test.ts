/** The keeper and its Redis client in virtual time, on a server whose replies break at random. */
import { assert, assertEquals } from "@std/assert";
import { setImmediate } from "node:timers";
import { joinBytes } from "../../platform/mod.ts";
import { mulberry32 } from "../../tools/verdict/mod.ts";
import type { SavedSnapshot } from "../poll/mod.ts";
import { timesOf } from "../poll/testing/taker.ts";
import { FaultyRedis } from "../redis/testing/faulty_redis.ts";
import { decodeEntry, encodeEntry } from "./entry.ts";
import { Keeper } from "./keeper.ts";
import { redisStore } from "./redis_store.ts";

const SOURCE = "http://source/";
const ROUNDS = 150;
const encoder = new TextEncoder();

function snapshot(snapshot_id: string): SavedSnapshot {
  const ms = 1_767_000_000_000;
  const times = timesOf({ answered_ms: ms });
  const body = encoder.encode(`switch_id,m\nsw-0,${snapshot_id}\n`.repeat(20));
  return { snapshot_id, etag: null, times, not_after_ms: ms, body };
}

/** Timers that run when the test moves the clock. */
class VirtualTime {
  now_ms = 0;
  readonly timers = new Map<() => void, number>();
  readonly later = (delay_ms: number, run: () => void) => {
    const due = () => (this.timers.delete(due), run());
    this.timers.set(due, this.now_ms + delay_ms);
    return () => void this.timers.delete(due);
  };
  async pass(ms: number): Promise<void> {
    const end_ms = this.now_ms + ms;
    for (;;) {
      await new Promise<void>((settled) => setImmediate(settled));
      const [next] = [...this.timers].sort(([, a], [, b]) => a - b);
      if (next === undefined || next[1] > end_ms) break;
      this.now_ms = Math.max(this.now_ms, next[1]);
      next[0]();
    }
    this.now_ms = end_ms;
  }
}

Deno.test("Keeper survives broken replies of Redis: no wrong data, and it recovers", async () => {
  const seed = Date.now() % 2 ** 32;
  for (let round = 0; round < ROUNDS; round++) {
    try {
      await survive(mulberry32(seed + round));
    } catch (error) {
      throw new Error(`seed ${seed}, round ${round}: ${(error as Error).message}`, {
        cause: error,
      });
    }
  }
});

async function survive(random: () => number): Promise<void> {
  const time = new VirtualTime();
  const server = new FaultyRedis(random);
  let newest: SavedSnapshot | null = null;
  const stored = snapshot("a");
  server.value = joinBytes(encodeEntry({ source: SOURCE, ...stored }));
  const { later } = time;
  const dial = (_: unknown, signal: AbortSignal) => server.dial(signal);
  const address = { tls: false, hostname: "r", port: 1, username: "", password: "", database: 0 };
  const store = redisStore({ address, dial, later, random, reply_bytes_max: 1 << 20 });
  const keeper = new Keeper({
    store,
    source: SOURCE,
    bytes_max: 10_000,
    save_ms: 500,
    isEmpty: () => newest === null,
    newest: () => newest,
    monotonic_ms: () => time.now_ms,
    later,
    report() {},
  });
  keeper.restore((saved) => {
    assertEquals(saved.body, stored.body);
    newest = saved;
  });
  await time.pass(random() * 20_000);
  for (let n = 0; n < 5; n++) {
    newest = snapshot(`poll-${n}`);
    keeper.changed();
    await time.pass(random() * 4000);
  }
  server.faulty = false;
  await time.pass(60_000);
  assertEquals(decodeEntry(server.value, SOURCE, 10_000).snapshot_id, "poll-4");
  server.value = null;
  await time.pass(1000);
  assert(server.value !== null, "an emptied store is filled again");
  await keeper.stop();
  store.close();
  await time.pass(60_000);
  assertEquals(time.timers.size, 0, "no timer is left");
}
