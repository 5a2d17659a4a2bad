/** The Redis client in virtual time, on a server whose replies break at random. */
import { assertEquals } from "@std/assert";
import { joinBytes } from "../../../platform/mod.ts";
import { timesOf } from "../../poll/testing/taker.ts";
import { decodeEntry, encodeEntry, EntryError } from "../../saved/mod.ts";
import type { Random } from "../../testing/random.ts";
import { VirtualTime } from "../../testing/virtual_time.ts";
import { RedisClient } from "../client.ts";
import { ConnectionError } from "../connection.ts";
import { ReplyError } from "../reply_reader.ts";
import { FaultyRedis } from "./faulty_redis.ts";

const SOURCE = "http://source/";
const encoder = new TextEncoder();

function entry(n: number): Uint8Array<ArrayBuffer> {
  const times = timesOf({ answered_ms: 1_767_000_000_000 });
  const body = encoder.encode(`switch_id,m\nsw-0,${n}\n`.repeat(20));
  const rest = {
    etag: null,
    times,
    not_after_ms: 1_767_000_000_000,
    intervals_ms: [],
    published: null,
  };
  return joinBytes(encodeEntry({ source: SOURCE, snapshot_id: `s-${n}`, body, ...rest }));
}

/**
 * Commands on a server that breaks replies must end, without wrong data; then the client recovers.
 *
 * @param decode Reads a stored entry; a test plants a defect here.
 */
export async function survive({ next: random }: Random, decode = decodeEntry): Promise<void> {
  const time = new VirtualTime();
  const server = new FaultyRedis(random);
  const client = new RedisClient({
    address: { tls: false, hostname: "r", port: 1, username: "", password: "", database: 0 },
    dial: (_address, signal) => server.dial(signal),
    later: time.later,
    random,
    reply_bytes_max: 1 << 20,
    reconnect_ms_max: 5000,
    channels: [],
    onConnected() {},
    onMessage() {},
  });
  client.start();
  const entries = Array.from({ length: 10 }, (_, n) => entry(n));
  server.value = entries[0];
  let ended = 0;
  for (const stored of entries) {
    void client.untilConnected().then(() => client.send("SET", "key", stored)).catch(isExpected);
    void client.untilConnected().then(() => client.send("GET", "key")).then(
      (reply) => check(reply, decode),
      isExpected,
    )
      .finally(() => ended++);
    await time.pass(random() * 4000);
  }
  server.heal();
  await time.pass(60_000);
  assertEquals(ended, entries.length, "every command ends");
  server.value = entries[3];
  const last = client.send("GET", "key");
  await time.pass(100);
  assertEquals(await last, entries[3]);
  client.stop();
  await time.pass(60_000);
  assertEquals(time.timers.size, 0, "no timer is left");
}

/** What arrives is an entry that was stored, or is known to be damaged. */
function check(reply: unknown, decode: typeof decodeEntry): void {
  if (!(reply instanceof Uint8Array)) return;
  try {
    const { snapshot_id, body } = decode(reply.slice(), SOURCE, 10_000);
    assertEquals(body, decodeEntry(entry(Number(snapshot_id.slice(2))), SOURCE, 10_000).body);
  } catch (error) {
    if (!(error instanceof EntryError)) throw error;
  }
}

function isExpected(error: unknown): void {
  if (!(error instanceof ConnectionError || error instanceof ReplyError)) throw error;
}
