import { assertEquals, assertRejects } from "@std/assert";
import { joinBytes } from "../../platform/mod.ts";
import { fileStore } from "./file_store.ts";
import { EntryError } from "./snapshot_store.ts";

const KEY = "0123456789abcdef";
const BYTES_MAX = 1 << 20;
const bytes = (...values: number[]) => new Uint8Array(values);

/** A folder that does not exist yet, in a temporary one. */
async function withFolder(check: (folder: string) => Promise<void>): Promise<void> {
  const parent = await Deno.makeTempDir();
  try {
    await check(`${parent}/state`);
  } finally {
    await Deno.remove(parent, { recursive: true });
  }
}

Deno.test("file store: a key without an entry is null", () =>
  withFolder(async (folder) => {
    assertEquals(await fileStore(folder).load(KEY, BYTES_MAX), null);
  }));

Deno.test("file store: another process reads the entry that was saved last", () =>
  withFolder(async (folder) => {
    const store = fileStore(folder);
    await store.save(KEY, [bytes(1, 2), bytes(), bytes(3)]);
    const long = new Uint8Array(300_000).map((_, at) => at);
    await store.save(KEY, [bytes(9), long]);
    assertEquals(await fileStore(folder).load(KEY, BYTES_MAX), joinBytes([bytes(9), long]));
  }));

Deno.test("file store: an entry too long for any accepted body is not read", () =>
  withFolder(async (folder) => {
    const store = fileStore(folder);
    await store.save(KEY, [new Uint8Array(200_000)]);
    const error = await assertRejects(() => store.load(KEY, 1000), EntryError);
    assertEquals(error.message, "it has 200000 bytes: at most 132072 by UPSTREAM_MAX_BYTES");
  }));

Deno.test("file store: entries of several keys are kept apart", () =>
  withFolder(async (folder) => {
    const store = fileStore(folder);
    await store.save(KEY, [bytes(1)]);
    await store.save("other", [bytes(2)]);
    assertEquals(await store.load(KEY, BYTES_MAX), bytes(1));
    assertEquals(await store.load("other", BYTES_MAX), bytes(2));
  }));

Deno.test("file store: a save that fails leaves the entry before it", () =>
  withFolder(async (folder) => {
    const store = fileStore(folder);
    await store.save(KEY, [bytes(1)]);
    // A folder with this name: the new entry cannot be written.
    await Deno.mkdir(`${folder}/${KEY}.snapshot.partial`);
    await assertRejects(() => store.save(KEY, [bytes(2)]));
    assertEquals(await store.load(KEY, BYTES_MAX), bytes(1));
  }));

Deno.test("file store: a save that fails leaves no partial file", () =>
  withFolder(async (folder) => {
    // A folder with the entry's name: the new entry cannot replace it.
    await Deno.mkdir(`${folder}/${KEY}.snapshot/x`, { recursive: true });
    await assertRejects(() => fileStore(folder).save(KEY, [bytes(2)]));
    assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name), [`${KEY}.snapshot`]);
  }));
