/** Both stores behind one contract, on a real folder and a real redis-server. */
import { assertEquals, assertRejects } from "@std/assert";
import { joinBytes } from "../../platform/mod.ts";
import { freePort } from "../../tools/processes/mod.ts";
import { until } from "../../tools/verdict/mod.ts";
import { HAS_REDIS, startRedis } from "../redis/testing/redis_server.ts";
import { openStore } from "./open_store.ts";
import { EntryError, type SnapshotStore } from "./snapshot_store.ts";

const KEY = "0123456789abcdef";
const BYTES_MAX = 1 << 20;

function later(delay_ms: number, run: () => void): () => void {
  const timer = setTimeout(run, delay_ms);
  return () => clearTimeout(timer);
}

interface Place extends AsyncDisposable {
  readonly setting: string;
}

async function folder(): Promise<Place> {
  const parent = await Deno.makeTempDir();
  return {
    setting: `file:${parent}/state`,
    [Symbol.asyncDispose]: () => Deno.remove(parent, { recursive: true }),
  };
}

async function redis(): Promise<Place> {
  const server = await startRedis();
  return { ...server, setting: `redis://127.0.0.1:${server.port}/5` };
}

const bytes = (...values: number[]) => new Uint8Array(values);

for (
  const [name, place, ignore] of [["file", folder, false], ["redis", redis, !HAS_REDIS]] as const
) {
  const check = (promise: string, fn: (open: () => SnapshotStore) => Promise<void>) =>
    Deno.test({
      name: `${name} store: ${promise}`,
      ignore,
      async fn() {
        await using at = await place();
        const opened: SnapshotStore[] = [];
        const open = () => {
          opened.push(openStore(at.setting, later));
          return opened.at(-1)!;
        };
        try {
          await fn(open);
        } finally {
          for (const store of opened) store.close();
        }
      },
    });

  check("a key without an entry is null", async (open) => {
    assertEquals(await open().load(KEY, BYTES_MAX), null);
  });

  check("another process reads the entry that was saved last", async (open) => {
    const store = open();
    assertEquals(await store.load(KEY, BYTES_MAX), null);
    await store.save(KEY, [bytes(1, 2), bytes(), bytes(3)]);
    const long = new Uint8Array(300_000).map((_, at) => at);
    await store.save(KEY, [bytes(9), long]);
    assertEquals(await open().load(KEY, BYTES_MAX), joinBytes([bytes(9), long]));
  });

  check("an entry too long for any accepted body is not read", async (open) => {
    const store = open();
    await store.load(KEY, BYTES_MAX);
    await store.save(KEY, [new Uint8Array(200_000)]);
    const error = await assertRejects(() => store.load(KEY, 1000), EntryError);
    assertEquals(error.message, "it has 200000 bytes: at most 132072 by UPSTREAM_MAX_BYTES");
  });

  check("entries of several keys are kept apart", async (open) => {
    const store = open();
    await store.load(KEY, BYTES_MAX);
    await store.save(KEY, [bytes(1)]);
    await store.save("other", [bytes(2)]);
    assertEquals(await store.load(KEY, BYTES_MAX), bytes(1));
    assertEquals(await store.load("other", BYTES_MAX), bytes(2));
  });
}

Deno.test("file store: a save that fails leaves the entry before it", async () => {
  await using at = await folder();
  const store = openStore(at.setting, later);
  await store.save(KEY, [bytes(1)]);
  // A folder with this name: the new entry cannot be written.
  await Deno.mkdir(`${at.setting.slice("file:".length)}/${KEY}.snapshot.partial`);
  await assertRejects(() => store.save(KEY, [bytes(2)]));
  assertEquals(await store.load(KEY, BYTES_MAX), bytes(1));
});

Deno.test("file store: a save that fails leaves no partial file", async () => {
  await using at = await folder();
  const store = openStore(at.setting, later);
  const path = at.setting.slice("file:".length);
  // A folder with the entry's name: the new entry cannot replace it.
  await Deno.mkdir(`${path}/${KEY}.snapshot/x`, { recursive: true });
  await assertRejects(() => store.save(KEY, [bytes(2)]));
  assertEquals([...Deno.readDirSync(path)].map(({ name }) => name), [`${KEY}.snapshot`]);
});

Deno.test({
  name: "redis store: a load works once a server is there that was late",
  ignore: !HAS_REDIS,
  async fn() {
    const port = freePort();
    const store = openStore(`redis://127.0.0.1:${port}`, later);
    await assertRejects(() => store.load(KEY, BYTES_MAX), Error, "refused");
    await using _server = await startRedis([], port);
    await until("a load", async () => await store.load(KEY, BYTES_MAX) === null, {
      retry_errors: true,
    });
    store.close();
  },
});

Deno.test("redis store: without a server, load and save fail at once", async () => {
  const store = openStore("redis://127.0.0.1:1", later);
  await assertRejects(() => store.load(KEY, BYTES_MAX), Error, "refused");
  await assertRejects(
    () => store.save(KEY, [bytes(1)]),
    Error,
    "not connected: Connection refused",
  );
  store.close();
});
