import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { AnswerCut } from "../../platform/mod.ts";
import { CSV, FilledStore, longCsv, TestServer } from "../testing/test_server.ts";
import {
  LONG_BODIES_CLIENT_MAX,
  LONG_BODIES_MAX,
  LONG_BODY_MS_MAX,
  LONG_BODY_STALL_MS_MAX,
  OLDER_SNAPSHOTS_MAX,
} from "./long_bodies.ts";

const LIST = "/telemetry/ListMetrics";

Deno.test("A snapshot is released after its last long list is sent", async () => {
  const released: string[] = [];
  const filled = new FilledStore(undefined, (_source, id) => released.push(id));
  filled.take(longCsv(), "boot-1", 0);
  const tested = new TestServer(filled.store);
  const slow = (await tested.request(LIST)).body!.getReader();
  const dropped = (await tested.request(LIST)).body!.getReader();
  const first = await slow.read();
  assert(first.value!.length <= 64 * 1024);
  filled.take(longCsv(1), "boot-2", 1);
  assertEquals(released, []);
  await dropped.cancel();
  assertEquals(released, []);
  let text = new TextDecoder().decode(first.value);
  for (let piece = await slow.read(); !piece.done; piece = await slow.read()) {
    text += new TextDecoder().decode(piece.value);
  }
  assertEquals(JSON.parse(text).items[0].bandwidth_gbps, 0.5);
  assertEquals(released, ["boot-1"]);
});

/** One list of each of so many clients. */
async function openLists(tested: TestServer, lists: number): Promise<Response[]> {
  const open = [];
  for (let i = 0; i < lists; i++) {
    tested.client = `192.0.2.${i}`;
    open.push(await tested.request(LIST));
  }
  return open;
}

Deno.test("A list that takes nothing loses its place to another one after a while", async () => {
  const tested = new TestServer(new FilledStore().take(longCsv(), "boot-1", 0).store);
  let clock_ms = 0;
  tested.monotonic_ms = () => clock_ms;
  const [stalled, ...read] = await openLists(tested, LONG_BODIES_MAX);
  clock_ms = LONG_BODY_STALL_MS_MAX - 1;
  const readers = read.map(({ body }) => body!.getReader());
  for (const reader of readers) await reader.read();
  assertEquals((await tested.json(LIST)).status, 503);
  clock_ms = LONG_BODY_STALL_MS_MAX;
  const next = await tested.request(LIST);
  assertEquals(next.status, 200);
  await assertRejects(() => stalled.text(), Error, "took nothing for 5000 ms");
  for (const reader of readers) await reader.cancel();
  await next.body!.cancel();
  assertEquals(tested.cut, 1);
});

Deno.test("One client has at most LONG_BODIES_CLIENT_MAX lists, so another finds a place", async () => {
  const tested = new TestServer(new FilledStore().take(longCsv(), "boot-1", 0).store);
  const open = [];
  for (let i = 0; i < LONG_BODIES_CLIENT_MAX; i++) open.push(await tested.request(LIST));
  assertEquals((await tested.json(LIST)).status, 503);
  tested.client = "192.0.2.8";
  open.push(await tested.request(LIST));
  assertEquals(open.at(-1)!.status, 200);
  for (const response of open) await response.body!.cancel();
});

Deno.test("ListMetrics returns 503 beyond LONG_BODIES_MAX until a list ends", async () => {
  const tested = new TestServer(new FilledStore().take(longCsv(), "boot-1", 0).store);
  const open = await openLists(tested, LONG_BODIES_MAX);
  const { status, body } = await tested.json(LIST);
  assertEquals(status, 503);
  assertStringIncludes(body.detail, `${LONG_BODIES_MAX} long ListMetrics responses`);
  await open.pop()!.body!.cancel();
  open.push(await tested.request(LIST));
  assertEquals(open.at(-1)!.status, 200);
  for (const response of open) await response.body!.cancel();
});

Deno.test("A long list is aborted and released if its client reads too slowly", async () => {
  using time = new FakeTime();
  const released: string[] = [];
  const filled = new FilledStore(undefined, (_source, id) => released.push(id));
  filled.take(longCsv(), "boot-1", 0);
  const tested = new TestServer(filled.store);
  const response = await tested.request(LIST);
  filled.take(CSV, "boot-2", 1);
  time.tick(LONG_BODY_MS_MAX);
  assertEquals([released, tested.cut], [["boot-1"], 1]);
  await assertRejects(() => response.text(), Error, `longer than ${LONG_BODY_MS_MAX} ms`);
});

Deno.test("Slow clients keep at most two replaced snapshots; older lists are aborted", async () => {
  const released: string[] = [];
  const filled = new FilledStore(undefined, (_source, id) => released.push(id));
  const tested = new TestServer(filled.store);
  const readers: Response[] = [];
  for (let n = 1; n <= OLDER_SNAPSHOTS_MAX + 2; n++) {
    filled.take(longCsv(n), `boot-${n}`, n);
    readers.push(await tested.request(LIST));
  }
  assertEquals([released, tested.cut], [["boot-1"], 1]);
  await assertRejects(() => readers[0].text(), Error, "snapshots behind");
  const last = JSON.parse(await readers.at(-1)!.text());
  assertEquals(last.items[0].bandwidth_gbps, OLDER_SNAPSHOTS_MAX + 2.5);
  for (const reader of readers.slice(1, -1)) await reader.body!.cancel();
  assertEquals(tested.cut, 1, "a client that disconnects is not counted as aborted");
});

Deno.test("A slow list survives changes of other sources and two of its own", async () => {
  const filled = new FilledStore(["http://a/", "http://b/", "http://c/"]);
  filled.take(CSV, "a-1", 1, 0).take(longCsv(), "b-1", 1, 1).take(CSV, "c-1", 1, 2);
  const tested = new TestServer(filled.store);
  const readers = [await tested.request(LIST)];
  // All stay open: three older lists, but at most two older snapshots per source.
  for (const [source, id] of [[0, "a-2"], [2, "c-2"], [0, "a-3"]] as const) {
    filled.take(CSV, id, 2, source);
    readers.push(await tested.request(LIST));
    assertEquals(tested.cut, 0, id);
  }
  const of_first = readers.length;
  for (let n = 2; n <= OLDER_SNAPSHOTS_MAX + 2; n++) {
    assertEquals(tested.cut, 0, `b-${n}`);
    filled.take(longCsv(n), `b-${n}`, n, 1);
    readers.push(await tested.request(LIST));
  }
  assertEquals(tested.cut, of_first, "all that hold b-1, and nobody else");
  await assertRejects(() => readers[0].text(), AnswerCut, "snapshots behind");
  for (const reader of readers.slice(of_first)) await reader.body!.cancel();
});
