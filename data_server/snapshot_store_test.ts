import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { BODY_WHOLE_BYTES_MAX, OLDER_SNAPSHOTS_MAX, SnapshotStore } from "./snapshot_store.ts";

const BODY_BLOCK_BYTES = 256 * 1024;
const BIG = BODY_WHOLE_BYTES_MAX + 1 + BODY_BLOCK_BYTES;

/** A store whose n-th snapshot is filled with the byte n; counts the buffers it made. */
function createStore(body_bytes: number) {
  const made = { buffers: 0 };
  const store = new SnapshotStore(() => {
    made.buffers++;
    return { bytes: new Uint8Array(body_bytes), switch_offsets: new Uint32Array(1) };
  });
  let sequence = 0;
  const publish = () => {
    const buffer = store.takeBuffer();
    buffer.bytes.fill(++sequence);
    store.publish({ id: `boot-${sequence}`, taken_at_ms: sequence, buffer, body_bytes });
  };
  const body = () => store.body([{ from: 0, to: body_bytes }]);
  return { store, made, publish, body };
}

async function bytesOf(body: Uint8Array<ArrayBuffer> | ReadableStream): Promise<Uint8Array> {
  return await new Response(body).bytes();
}

Deno.test("SnapshotStore refuses to read before the first snapshot", () => {
  assertThrows(() => createStore(1).store.current, Error, "before the first tick");
});

Deno.test("SnapshotStore.current is the newest snapshot", () => {
  const { store, publish } = createStore(10);
  publish();
  publish();
  assertEquals(store.current.id, "boot-2");
});

Deno.test("SnapshotStore reuses two buffers when clients are fast", async () => {
  const { made, publish, body } = createStore(BIG);
  for (let tick = 1; tick <= 50; tick++) {
    publish();
    const bytes = await bytesOf(body());
    assertEquals(bytes.length, BIG);
    assert(bytes.every((byte) => byte === tick));
  }
  assertEquals(made.buffers, 2);
});

Deno.test("SnapshotStore.body is not changed by later ticks, whole or streamed", async () => {
  for (const body_bytes of [10, BODY_WHOLE_BYTES_MAX, BIG]) {
    const { publish, body } = createStore(body_bytes);
    publish();
    const first = new Response(body());
    publish();
    const second = new Response(body());
    publish();
    assert((await first.bytes()).every((byte) => byte === 1), `${body_bytes} bytes`);
    assert((await second.bytes()).every((byte) => byte === 2), `${body_bytes} bytes`);
  }
});

Deno.test("SnapshotStore.body joins ranges in their order", async () => {
  for (const body_bytes of [100, 2 * BIG]) {
    const { store, publish } = createStore(body_bytes);
    publish();
    store.current.buffer.bytes.set([65, 66, 67, 68], 0);
    const half = body_bytes / 2;
    store.current.buffer.bytes.set([69], half);
    const bytes = await bytesOf(store.body([{ from: 0, to: 2 }, { from: half, to: body_bytes }]));
    assertEquals([...bytes.subarray(0, 4)], [65, 66, 69, 1]);
    assertEquals(bytes.length, 2 + body_bytes - half);
  }
});

Deno.test("SnapshotStore streams blocks that later ticks do not change", async () => {
  const { publish, body } = createStore(BIG);
  publish();
  const pieces: Uint8Array[] = [];
  for await (const piece of body() as ReadableStream<Uint8Array>) pieces.push(piece);
  publish();
  publish();
  assertEquals(pieces.length, Math.ceil(BIG / BODY_BLOCK_BYTES));
  assert(pieces.every((piece) => piece.every((byte) => byte === 1)));
});

Deno.test("SnapshotStore frees a snapshot when its response is cancelled", async () => {
  const { made, publish, body } = createStore(BIG);
  for (let client = 0; client < 5; client++) {
    publish();
    const reader = (body() as ReadableStream).getReader();
    await reader.read();
    publish();
    publish();
    assertEquals(made.buffers, 3, "one is still being sent");
    await reader.cancel();
  }
});

Deno.test("SnapshotStore aborts only the oldest reader beyond OLDER_SNAPSHOTS_MAX", async () => {
  const { store, made, publish, body } = createStore(BIG);
  const readers: ReadableStreamDefaultReader<Uint8Array>[] = [];
  for (let tick = 0; tick < OLDER_SNAPSHOTS_MAX + 1; tick++) {
    publish();
    readers.push((body() as ReadableStream).getReader());
    await readers[tick].read();
  }
  const made_before = made.buffers;
  publish();
  await assertRejects(() => readers[0].read(), Error, "Cannot continue to send snapshot boot-1");
  for (const reader of readers.slice(1)) assertEquals((await reader.read()).done, false);
  publish();
  assert(made.buffers <= made_before + 1, `${made.buffers} buffers`);
  assertEquals(store.current.id, `boot-${OLDER_SNAPSHOTS_MAX + 3}`);
  for (const reader of readers.slice(1)) await reader.cancel().catch(() => {});
});

Deno.test("SnapshotStore creates a bounded number of buffers when clients stall", async () => {
  const { made, publish, body } = createStore(BIG);
  for (let tick = 0; tick < 20; tick++) {
    publish();
    const stalled = (body() as ReadableStream).getReader();
    await stalled.read();
  }
  // The newest snapshot, the next snapshot, and the older snapshots.
  assertEquals(made.buffers, 2 + OLDER_SNAPSHOTS_MAX);
});
