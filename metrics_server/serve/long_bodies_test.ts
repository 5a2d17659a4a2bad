import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { FilledStore, testedOn, TestServer, wide } from "../testing/test_server.ts";
import { OLDER_BYTES_MAX } from "../snapshot/mod.ts";
import { LONG_BODY_MS_MAX, LongBodies } from "./long_bodies.ts";

const LIST = "/telemetry/ListMetrics";

/** Over 1 MiB as JSON, and as gzip, so that it is sent in chunks. */
const LONG = wide(60_000).replaceAll(
  /,(\d+),/g,
  (_, i) => `,${[3, 5, 7, 11, 13].map((n) => Math.imul(n * i, 2_654_435_761) >>> 0).join("")},`,
);

/** A server whose clock the reader of a body moves, 1 ms for each chunk. */
function timed(csv: string): TestServer & { clock_ms: number } {
  const tested = Object.assign(testedOn(csv), { clock_ms: 0 });
  tested.monotonic_ms = () => tested.clock_ms;
  return tested;
}

async function readAll(tested: { clock_ms: number }, { body }: Response): Promise<number> {
  let bytes = 0;
  for await (const chunk of body!) {
    bytes += chunk.length;
    tested.clock_ms++;
  }
  return bytes;
}

for (const encoding of ["identity", "gzip"]) {
  Deno.test(`A long ${encoding} list is timed to its last byte, and to its first beside it`, async () => {
    const tested = timed(LONG);
    const headers = { "accept-encoding": encoding };
    const response = await tested.request(LIST, { headers });
    assertEquals(tested.access, []);
    const bytes = await readAll(tested, response);
    const { latency_ms, status, bytes_sent, age_ms } = tested.access[0];
    assertEquals([status, bytes_sent, age_ms], [200, bytes, 820]);
    assert(latency_ms > 2, `${latency_ms}`);
    assertEquals(latency_ms, tested.clock_ms);
    const { endpoints } = (await tested.json("/stats")).body;
    const { max_ms, first_byte, count } = endpoints.ListMetrics;
    assertEquals([count, max_ms, first_byte.count, first_byte.max_ms], [1, latency_ms, 1, 0]);
    const metrics = await (await tested.request("/metrics")).text();
    const series = (name: string, labels: string) =>
      Number(metrics.split(`\nfabric_telemetry_http_${name}{${labels}} `)[1].split("\n")[0]);
    const list = 'endpoint="ListMetrics"';
    assertEquals(series("request_duration_seconds_sum", `${list},code="200"`), latency_ms / 1000);
    assertEquals(series("first_byte_seconds_count", list), 1);
    assertEquals(series("first_byte_seconds_sum", list), 0);
  });
}

Deno.test("A page of a list and /metrics/fabric are timed to their last byte, too", async () => {
  const store = new FilledStore().take(LONG, "boot-1", 999_180).store;
  const tested = Object.assign(new TestServer(store, { fabric_series_max: 9e9 }), { clock_ms: 0 });
  tested.monotonic_ms = () => tested.clock_ms;
  for (const path of [`${LIST}?format=csv`, "/metrics/fabric"]) {
    const from_ms = tested.clock_ms;
    await readAll(tested, await tested.request(path));
    assertEquals(tested.access.at(-1)!.latency_ms, tested.clock_ms - from_ms);
  }
});

Deno.test("A reader that leaves a long list is logged as 499 with the bytes and time it took", async () => {
  const tested = timed(LONG);
  const reader = (await tested.request(LIST)).body!.getReader();
  let bytes = 0;
  for (let n = 0; n < 3; n++) bytes += (await reader.read()).value!.length;
  tested.clock_ms = 70;
  await reader.cancel();
  const { status, latency_ms, bytes_sent } = tested.access[0];
  assertEquals([status, latency_ms, bytes_sent], [499, 70, bytes]);
});

Deno.test("A reader that is cut is logged as 499, also if it reads nothing more", async () => {
  using time = new FakeTime();
  for (const encoding of ["identity", "gzip"]) {
    const tested = timed(LONG);
    const headers = { "accept-encoding": encoding };
    const response = await tested.request(LIST, { headers });
    tested.clock_ms = 60_000;
    await time.tickAsync(LONG_BODY_MS_MAX);
    // The error passes from stream to stream.
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
    const { status, latency_ms, bytes_sent } = tested.access[0];
    assertEquals([status, latency_ms, bytes_sent, tested.cut], [499, 60_000, 0, 1]);
    await assertRejects(() => response.text(), Error, "reader took longer");
  }
});

Deno.test("A short list, a 304 and HEAD have no first byte of their own", async () => {
  const tested = testedOn(wide(3));
  const requests: RequestInit[] = [
    {},
    { headers: { "if-none-match": "*" } },
    { method: "HEAD" },
    { headers: { "accept-encoding": "gzip" } },
  ];
  for (const init of requests) await tested.request(LIST, init);
  assertEquals(tested.access.length, 4);
  assertEquals(tested.access.map(({ bytes_sent }) => bytes_sent), [NaN, NaN, NaN, NaN]);
  const { endpoints } = (await tested.json("/stats")).body;
  assertEquals([endpoints.ListMetrics.count, endpoints.ListMetrics.first_byte.count], [4, 0]);
  assertEquals(endpoints.GetMetric.first_byte, null);
});

/** Readers of long bodies on a store whose hand-over changes. */
function readersOf() {
  let newest = 1;
  let changed = Promise.withResolvers<void>();
  const cut: string[] = [];
  const open: ReadableStreamDefaultReader[] = [];
  const store = { handOvers: () => [newest], nextChange: () => changed.promise };
  const bodies = new LongBodies(store, () => {}, () => 0);
  return {
    cut,
    /** A reader of the newest snapshot, with `bytes` of memory. */
    open(name: string, bytes: number, is_snapshot = true) {
      const release = () => {};
      const pin = { hand_overs: [newest], bytes: [bytes], is_snapshot, release };
      const reader = bodies.stream(function* () {}() as never, pin, undefined).getReader();
      reader.closed.catch(() => cut.push(name));
      open.push(reader);
    },
    async [Symbol.asyncDispose]() {
      for (const reader of open) await reader.cancel().catch(() => {});
    },
    async replace() {
      newest++;
      const { resolve } = changed;
      changed = Promise.withResolvers();
      resolve();
      for (let turn = 0; turn < 10; turn++) await Promise.resolve();
    },
  };
}

Deno.test("Readers of older snapshots are cut once those take too much memory, the oldest first", async () => {
  await using readers = readersOf();
  const share = OLDER_BYTES_MAX * 0.6;
  readers.open("first", share);
  readers.open("same memory", share);
  await readers.replace();
  assertEquals(readers.cut, [], "it fits");
  readers.open("second", share);
  assertEquals(readers.cut, [], "the newest is not older");
  await readers.replace();
  assertEquals(readers.cut, ["first", "same memory"]);
});

Deno.test("A reader is cut when its snapshot is replaced if that alone is too large", async () => {
  for (const is_snapshot of [true, false]) {
    await using readers = readersOf();
    readers.open("large", OLDER_BYTES_MAX + 1, is_snapshot);
    readers.open("small", 10, is_snapshot);
    assertEquals(readers.cut, []);
    await readers.replace();
    assertEquals(readers.cut.includes("large"), true);
  }
});
