import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { parse } from "@std/csv";
import { EVENT_FIELDS } from "../contracts/mod.ts";
import type { Profile } from "./config.ts";
import { conditional, createTestApp, PORTS, START_MS, SWITCHES } from "./testing/test_app.ts";

Deno.test("GET /counters sends the snapshot with all headers of the contract", async () => {
  const { send } = await createTestApp();
  const answer = await send("/counters");
  assertEquals(answer.status, 200);
  const body = await answer.text();
  assertEquals(Object.fromEntries(answer.headers), {
    "content-type": "text/csv; charset=utf-8",
    "content-length": String(body.length),
    "etag": '"boot-1"',
    "x-snapshot-ts": String(START_MS),
    "cache-control": "no-store",
  });
  const rows = parse(body);
  assertEquals(rows[0], ["switch_id", "bandwidth_gbps", "latency_us", "packet_errors"]);
  assertEquals(rows.slice(1).map(([id]) => id), [
    "sw-000",
    "sw-001",
    "sw-002",
    "sw-003",
    "sw-004",
    "sw-005",
  ]);
});

Deno.test("GET /counters ignores a query", async () => {
  const { send } = await createTestApp();
  assertEquals((await send("/counters?num_shards=0")).status, 200);
});

Deno.test("GET /counters sends new data under a new id after a tick", async () => {
  const { send, tick, time } = await createTestApp();
  const before = await send("/counters");
  time.block(10_000);
  await tick();
  const after = await send("/counters");
  assertEquals(after.headers.get("etag"), '"boot-2"');
  assertEquals(after.headers.get("x-snapshot-ts"), String(START_MS + 10_000));
  assert(await before.text() !== await after.text());
});

const MATCHING = ['"boot-1"', 'W/"boot-1"', "*", '"x",W/"boot-1" , "y"', '"boot-1-gzip"'];
const NOT_MATCHING = ['"boot-2"', '"boot-11"', "boot-1", '"x", "y"', 'W/"boot"', '"BOOT-1"'];

for (const if_none_match of MATCHING) {
  Deno.test(`/counters answers 304 to If-None-Match: ${if_none_match}`, async () => {
    const { send } = await createTestApp();
    for (const method of ["GET", "HEAD"]) {
      const answer = await send("/counters", { ...conditional(if_none_match), method });
      assertEquals(answer.status, 304);
      assertEquals(answer.body, null);
      assertEquals(Object.fromEntries(answer.headers), {
        "etag": '"boot-1"',
        "x-snapshot-ts": String(START_MS),
        "cache-control": "no-store",
      });
    }
  });
}

for (const if_none_match of NOT_MATCHING) {
  Deno.test(`/counters answers 200 to If-None-Match: ${if_none_match}`, async () => {
    const { send } = await createTestApp();
    assertEquals((await send("/counters", conditional(if_none_match))).status, 200);
  });
}

Deno.test("/counters answers 200 to the id of the previous snapshot", async () => {
  const { send, tick } = await createTestApp();
  const before = (await send("/counters")).headers.get("etag")!;
  await tick();
  assertEquals((await send("/counters", conditional(before))).status, 200);
});

for (const [profile, path] of [["fabric", "/counters"], ["ufm", "/csv/metrics"]] as const) {
  Deno.test(`HEAD ${path} sends the headers of GET without a body`, async () => {
    const { send } = await createTestApp(profile);
    const [get, head] = [await send(path), await send(path, { method: "HEAD" })];
    assertEquals(head.status, 200);
    assertEquals(head.body, null);
    assertEquals([...head.headers], [...get.headers]);
  });
}

Deno.test("GET and HEAD /healthz answer ok", async () => {
  const { send } = await createTestApp();
  const answer = await send("/healthz");
  assertEquals(answer.status, 200);
  assertEquals(answer.headers.get("content-type"), "application/json");
  assertEquals(await answer.text(), '{"ok":true}');
  assertEquals((await send("/healthz", { method: "HEAD" })).status, 200);
});

for (const path of ["/counters", "/healthz"]) {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
    Deno.test(`${method} ${path} answers 405 with Allow`, async () => {
      const { send } = await createTestApp();
      const answer = await send(path, { method });
      assertEquals(answer.status, 405);
      assertEquals(answer.headers.get("allow"), "GET, HEAD");
      assertEquals(await answer.json(), {
        type: "urn:fabric-telemetry:problem:wrong-method",
        title: "Method Not Allowed",
        status: 405,
        detail: `${method} is not possible on ${path}: use GET or HEAD`,
      });
    });
  }
}

const UNKNOWN: [profile: Profile, path: string, known: string][] = [
  ["fabric", "/", "/counters, /healthz, /metrics"],
  ["fabric", "/csv/metrics", "/counters, /healthz, /metrics"],
  ["fabric", "/counters/", "/counters, /healthz, /metrics"],
  ["fabric", "/Counters", "/counters, /healthz, /metrics"],
  ["fabric", "/constructor", "/counters, /healthz, /metrics"],
  ["ufm", "/metrics/", "/csv/metrics, /counters, /healthz, /metrics"],
];

for (const [profile, path, known] of UNKNOWN) {
  Deno.test(`GET ${path} answers 404 and names the paths of the ${profile} profile`, async () => {
    const { send } = await createTestApp(profile);
    const answer = await send(path);
    assertEquals(answer.status, 404);
    assertEquals(answer.headers.get("content-type"), "application/problem+json");
    const { detail, type } = await answer.json();
    assertEquals(detail, `No ${path} here: the paths are ${known}`);
    assertEquals(type, "urn:fabric-telemetry:problem:unknown-path");
  });
}

Deno.test("A 404 repeats an unknown path only up to its limit", async () => {
  const { send } = await createTestApp();
  const { detail } = await (await send(`/${"x".repeat(10_000)}`)).json();
  assertStringIncludes(detail, "xxx… here");
  assert(detail.length < 300);
});

Deno.test("The ufm profile sends all rows on /csv/metrics and /counters, without an ETag", async () => {
  const { send } = await createTestApp("ufm");
  const answer = await send("/csv/metrics");
  const body = await answer.text();
  assertEquals(Object.fromEntries(answer.headers), {
    "content-type": "text/csv; charset=utf-8",
    "content-length": String(new TextEncoder().encode(body).length),
    "cache-control": "no-store",
  });
  assertEquals(parse(body).length, 1 + SWITCHES * PORTS);
  assertEquals(await (await send("/counters")).text(), body);
});

Deno.test("The ufm profile never answers 304", async () => {
  const { send } = await createTestApp("ufm");
  assertEquals((await send("/csv/metrics", conditional("*"))).status, 200);
});

Deno.test("The shards of the ufm profile contain every row once and a header each", async () => {
  const { send } = await createTestApp("ufm");
  const [header, ...rows] = parse(await (await send("/csv/metrics")).text());
  for (const num_shards of [1, 2, 4, 50]) {
    const sharded: string[][] = [];
    for (let shard = 0; shard < num_shards; shard++) {
      const path = `/csv/metrics?num_shards=${num_shards}&shard=${shard}&sharding_field=port_guid`;
      const answer = await send(path);
      const body = await answer.text();
      assertEquals(answer.headers.get("content-length"), String(body.length));
      const [shard_header, ...shard_rows] = parse(body);
      assertEquals(shard_header, header);
      sharded.push(...shard_rows);
    }
    assertEquals(sharded, rows, `${num_shards} shards`);
  }
});

Deno.test("The ufm profile answers 400 to an invalid shard, with the reason", async () => {
  const { send } = await createTestApp("ufm");
  const answer = await send("/csv/metrics?num_shards=3&shard=3");
  assertEquals(answer.status, 400);
  assertEquals(await answer.json(), {
    type: "urn:fabric-telemetry:problem:bad-shard",
    title: "Bad Request",
    status: 400,
    detail: "shard=3: must be a whole number 0–2",
  });
});

Deno.test("Every request is logged with endpoint, status, latency, age and bytes", async () => {
  const { send, time, log } = await createTestApp();
  time.block(820);
  const body = await (await send("/counters")).text();
  await send("/counters", { method: "HEAD" });
  await send("/counters", conditional("*"));
  await send("/healthz");
  const unknown = await (await send("/nowhere")).text();
  const wrong = await (await send("/counters", { method: "POST" })).text();
  const line = (endpoint: string, status: number, age_ms: number, bytes_sent: number) => ({
    endpoint,
    status,
    latency_ms: 0,
    age_ms,
    bytes_sent,
  });
  assertEquals(log.of("http.access"), [
    line("/counters", 200, 820, body.length),
    line("/counters", 200, 820, 0),
    line("/counters", 304, 820, 0),
    line("/healthz", 200, NaN, 11),
    line("unknown", 404, NaN, unknown.length),
    line("/counters", 405, NaN, wrong.length),
  ]);
  assertGreater(unknown.length, 0);
  assertMatch(wrong, /wrong-method/);
  assertEquals(Object.keys(log.of("http.access")[0]), EVENT_FIELDS["http.access"].slice(0, 5));
});

Deno.test("The age in the log is never negative", async () => {
  const { send, time, log } = await createTestApp();
  time.block(-5_000);
  await send("/counters");
  assertEquals(log.of("http.access")[0].age_ms, 0);
});
