import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { CSV, FilledStore } from "../testing/test_server.ts";
import { STREAM_LIMITS } from "./hub.ts";
import { Streams } from "./streams.ts";

const WIDE_COLUMNS = 10;
const WIDE_ROWS = 100;

/** A sample with about 9 bytes of JSON for each cell, and 21 for each id. */
function wideSample(): string {
  const names = Array.from({ length: WIDE_COLUMNS }, (_, i) => `m${i}`);
  const values = names.map(() => 10);
  const rows = Array.from({ length: WIDE_ROWS }, (_, i) => `sw-${i},${values}\n`);
  return `switch_id,${names}\n${rows.join("")}`;
}

function streamsOn(
  store = new FilledStore().take(CSV, "b-1", 1).store,
  { max_stale_ms = Infinity, now_ms = 1, all_bytes_max = Infinity, has_websockets = true } = {},
): Streams {
  const noKey = () => {
    throw new TypeError("no key");
  };
  const upgrade = has_websockets ? noKey : null;
  const onError = (error: unknown) => {
    throw error;
  };
  const clock = { epoch_ms: () => now_ms };
  const limits = { max_stale_ms, retry_after_s: 2 };
  const bounds = { ...STREAM_LIMITS, all_bytes_max };
  return new Streams(store, limits, upgrade, onError, undefined, clock, bounds);
}

const request = (init: RequestInit = {}) => new Request("http://localhost/telemetry/stream", init);

async function refused(streams: Streams, query: string, init?: RequestInit) {
  const response = streams.answer(request(init), query);
  // A stream that is open has no end to wait for.
  if (response.ok) await response.body?.cancel();
  assert(!response.ok, `${query}: a stream was opened`);
  const { type, detail, parameter } = await response.json();
  return { status: response.status, slug: type.split(":").at(-1), detail, parameter };
}

/** What a stream begins with, up to its first event's data. */
async function firstEvent(streams: Streams, query: string): Promise<string> {
  const response = streams.answer(request(), query);
  assertEquals(response.status, 200);
  let text = "";
  for await (const piece of response.body!.pipeThrough(new TextDecoderStream())) {
    if ((text += piece).includes("data: ")) break;
  }
  await streams.hub.settled();
  return text;
}

for (
  const [query, status, slug] of [
    ["switch_id=sw-9", 404, "unknown-switch"],
    ["metric=nothing", 404, "unknown-metric"],
    ["metric=", 400, "bad-parameter"],
    ["fields=nothing", 404, "unknown-metric"],
    ["fields=", 400, "bad-parameter"],
    ["switch_id=a,,b", 400, "bad-parameter"],
    ["metric=latency_us&metric=latency_us", 400, "repeated-parameter"],
    ["switch_id=%", 400, "broken-parameter"],
  ] as const
) {
  Deno.test(`A stream of ${query} is answered ${status} ${slug}`, async () => {
    const answer = await refused(streamsOn(), query);
    assertEquals([answer.status, answer.slug], [status, slug]);
  });
}

Deno.test("A repeated parameter is refused with an example of a stream", async () => {
  const { detail } = await refused(streamsOn(), "metric=a&metric=b");
  assertStringIncludes(detail, "e.g. /telemetry/stream?");
});

Deno.test("fields selects the columns of a stream, as metric does", async () => {
  const event = await firstEvent(streamsOn(), "fields=latency_us");
  assertStringIncludes(event, '"fields":["latency_us"]');
  assertEquals(event, await firstEvent(streamsOn(), "metric=latency_us"));
});

Deno.test("%2C is a comma within a stream's names, a plain comma separates them", async () => {
  const csv = 'switch_id,"rx,tx",rx,tx\n"a,b",1,2,3\na,4,5,6\nb,7,8,9\n';
  for (
    const [query, items] of [
      ["switch_id=a%2Cb&metric=rx", '[{"switch_id":"a,b","rx":2}]'],
      ["switch_id=a,b&fields=rx%2Ctx", '[{"switch_id":"a","rx,tx":4},{"switch_id":"b","rx,tx":7}]'],
      ["switch_id=a%2Cb&fields=rx,tx", '[{"switch_id":"a,b","rx":2,"tx":3}]'],
    ]
  ) {
    const event = await firstEvent(streamsOn(new FilledStore().take(csv, "b-1", 1).store), query);
    assertStringIncludes(event, `"items":${items}`, query);
  }
});

Deno.test("metric and fields together are refused with the reason", async () => {
  const answer = await refused(streamsOn(), "metric=latency_us&fields=latency_us");
  assertEquals([answer.status, answer.slug, answer.parameter], [400, "bad-parameter", "fields"]);
  assertEquals(
    answer.detail,
    "fields=latency_us: must be left out if metric is given: they are two names of one parameter",
  );
});

Deno.test("Before the first snapshot a stream is 503 with the reason", async () => {
  const { status, slug } = await refused(streamsOn(new FilledStore().store), "");
  assertEquals([status, slug], [503, "no-snapshot"]);
});

Deno.test("With data older than MAX_STALE_MS no stream begins, HEAD and WebSocket included", async () => {
  const { store } = new FilledStore().take(CSV, "b-1", 1000);
  const stale = streamsOn(store, { max_stale_ms: 5000, now_ms: 6001 });
  for (const init of [{}, { method: "HEAD" }, { headers: { upgrade: "websocket" } }]) {
    const response = stale.answer(request(init), "");
    const { status, headers } = response;
    assertEquals([status, headers.get("retry-after"), headers.get("x-data-age-ms")], [
      503,
      "2",
      "5001",
    ]);
    assertStringIncludes((await response.json()).detail, "5001 ms old, over MAX_STALE_MS=5000");
  }
  const fresh = streamsOn(store, { max_stale_ms: 5000, now_ms: 6000 });
  const response = fresh.answer(request(), "");
  assertEquals(response.status, 200);
  await response.body!.cancel();
  await fresh.hub.settled();
});

Deno.test("A stream of a live source's switches ignores stale sources and has its own time", async () => {
  const { store } = new FilledStore(["http://a/", "http://b/"])
    .take(CSV, "a-1", 599_500).take("switch_id,x\nt-0,1\n", "b-1", 1, 1);
  const streams = streamsOn(store, { max_stale_ms: 60_000, now_ms: 600_000 });
  assertStringIncludes(await firstEvent(streams, "switch_id=sw-000"), '"taken_ms":599500,');
  for (const query of ["", "switch_id=t-0", "switch_id=sw-000,t-0"]) {
    assertEquals((await refused(streams, query)).slug, "too-stale", query);
  }
});

Deno.test("A switch that a missing source may have is 503, not 404", async () => {
  const { store } = new FilledStore(["http://a/", "http://b/"]).take(CSV, "a-1", 1);
  const { status, slug } = await refused(streamsOn(store), "switch_id=sw-9");
  assertEquals([status, slug], [503, "no-snapshot"]);
});

Deno.test("A stream of too many bytes is refused with advice; a part of them is not", async () => {
  const { store } = new FilledStore().take(wideSample(), "b-1", 1);
  const streams = streamsOn(store, { all_bytes_max: 10_000 });
  const { status, slug, detail } = await refused(streams, "");
  assertEquals([status, slug], [400, "stream-too-wide"]);
  assertMatch(detail, /about 1[01]\d\d\d bytes, over 10000: .* switch_id= or metric=/);
  const response = streams.answer(request(), "metric=m1,m2");
  assertEquals(response.status, 200);
  await response.body!.cancel();
  await streams.hub.settled();
});

Deno.test("Different filters share a limit; a second stream of a filter costs nothing", async () => {
  const { store } = new FilledStore().take(wideSample(), "b-1", 1);
  const streams = streamsOn(store, { all_bytes_max: 10_000 });
  const open = ["m0", "m1", "m2"].map((name) => streams.answer(request(), `metric=${name}`));
  assertEquals(open.map(({ status }) => status), [200, 200, 200]);
  const { status, slug, detail } = await refused(streams, "metric=m3");
  assertEquals([status, slug], [503, "too-many-streams"]);
  assertMatch(detail, /^Open streams have about 8\d\d\d bytes, and this one 2\d\d\d: over 10000/);
  open.push(streams.answer(request(), "metric=m0"));
  assertEquals(open.at(-1)!.status, 200);
  await Promise.all(open.map((response) => response.body!.cancel()));
  assertEquals([streams.hub.readers, streams.hub.bytes], [0, 0]);
  await streams.hub.settled();
});

Deno.test("HEAD of a stream returns its headers and opens none", () => {
  const streams = streamsOn();
  const response = streams.answer(request({ method: "HEAD" }), "");
  assertEquals(response.headers.get("content-type"), "text/event-stream");
  assertEquals([response.body, streams.hub.readers], [null, 0]);
});

Deno.test("An invalid WebSocket handshake is answered 400", async () => {
  const { status, slug } = await refused(streamsOn(), "", { headers: { upgrade: "WebSocket" } });
  assertEquals([status, slug], [400, "bad-upgrade"]);
});

Deno.test("A WebSocket handshake is answered 501 unless STREAM_WEBSOCKET is on", async () => {
  const streams = streamsOn(undefined, { has_websockets: false });
  const { status, slug } = await refused(streams, "", { headers: { upgrade: "websocket" } });
  assertEquals([status, slug, streams.hub.readers], [501, "websocket-off", 0]);
});

Deno.test("HEAD ignores Upgrade: a WebSocket handshake is a GET", () => {
  const init = { method: "HEAD", headers: { upgrade: "websocket", origin: "http://elsewhere" } };
  const response = streamsOn().answer(request(init), "");
  assertEquals([response.status, response.body], [200, null]);
});

const PAGES: readonly [origin: string, host: string, is_own: boolean][] = [
  ["http://fabric:8080", "fabric:8080", true],
  ["http://Fabric:8080", "FABRIC:8080", true],
  ["https://fabric", "fabric", true],
  ["https://fabric", "fabric:443", true],
  ["http://[::1]:8080", "[::1]:8080", true],
  ["http://fabric:8081", "fabric:8080", false],
  ["http://fabric.elsewhere:8080", "fabric:8080", false],
  ["https://elsewhere", "fabric:8080", false],
  ["null", "fabric:8080", false],
];

for (const [origin, host, is_own] of PAGES) {
  Deno.test(`A WebSocket at ${host} ${is_own ? "accepts" : "refuses"} a page of ${origin}`, async () => {
    const headers = { upgrade: "websocket", origin, host };
    // Let in, it gets as far as the handshake that it lacks.
    const { status, slug } = await refused(streamsOn(), "", { headers });
    assertEquals([status, slug], is_own ? [400, "bad-upgrade"] : [403, "foreign-origin"]);
  });
}

Deno.test("A stream's headers have the time of the data it begins with", () => {
  const streams = streamsOn(new FilledStore().take(CSV, "b-1", 1_764_000_000_000).store);
  const head = streams.answer(request({ method: "HEAD" }), "");
  assertEquals(head.headers.get("x-snapshot-ts"), "1764000000000");
});
