import {
  assert,
  assertEquals,
  assertGreater,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { parse } from "@std/csv";
import { EVENT_FIELDS } from "../contracts/mod.ts";
import { createApp, ENDPOINTS } from "./app.ts";
import type { Profile } from "./config.ts";
import { createCsvBuffer } from "./csv_writer.ts";
import { Delays, DELAYS_MAX } from "./delays.ts";
import type { FaultSettings } from "./faults.ts";
import { SnapshotGenerator } from "./generator.ts";
import { FabricSimulation } from "./profile_fabric.ts";
import { UfmSimulation } from "./profile_ufm.ts";
import { RANDOM_STREAMS, Sfc32 } from "./random.ts";
import { SnapshotStore } from "./snapshot_store.ts";
import { RecordingLog } from "./testing/recording_log.ts";
import { settle, VirtualTime } from "./testing/virtual_time.ts";

const START_MS = 1_764_000_000_000;
const SWITCHES = 6;
const NO_FAULTS: FaultSettings = { error_pct: 0, slow_ms: 0 };

async function createTestApp(profile: Profile = "fabric", faults: FaultSettings = NO_FAULTS) {
  const time = new VirtualTime(START_MS);
  const log = new RecordingLog(ENDPOINTS);
  const simulation = profile === "ufm"
    ? new UfmSimulation({ switches: SWITCHES, ports: 4, fields: 9, seed: 1, start_ms: START_MS })
    : new FabricSimulation({ switches: SWITCHES, fields: 3, seed: 1 });
  const store = new SnapshotStore(() => createCsvBuffer(simulation));
  const pause = () => Promise.resolve();
  const generator = new SnapshotGenerator({
    simulation,
    store,
    boot: "boot",
    interval_ms: 10_000,
    clock: time,
    pause,
    log: new RecordingLog(),
  });
  await generator.tick(0);
  const delays = new Delays(time.timer);
  const fault_random = new Sfc32(42, RANDOM_STREAMS.faults);
  const app = createApp({ profile, store, faults, fault_random, delays, clock: time, log });
  const ask = (path: string, init?: RequestInit) =>
    app(new Request(`http://localhost:9001${path}`, init));
  return { ask, time, log, delays, tick: () => generator.tick(0) };
}

function conditional(if_none_match: string): RequestInit {
  return { headers: { "if-none-match": if_none_match } };
}

Deno.test("GET /counters answers the snapshot with all of the contract's headers", async () => {
  const { ask } = await createTestApp();
  const answer = await ask("/counters");
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
  const { ask } = await createTestApp();
  assertEquals((await ask("/counters?num_shards=0")).status, 200);
});

Deno.test("GET /counters answers other data under another id after a tick", async () => {
  const { ask, tick, time } = await createTestApp();
  const before = await ask("/counters");
  time.block(10_000);
  await tick();
  const after = await ask("/counters");
  assertEquals(after.headers.get("etag"), '"boot-2"');
  assertEquals(after.headers.get("x-snapshot-ts"), String(START_MS + 10_000));
  assert(await before.text() !== await after.text());
});

const MATCHING = ['"boot-1"', 'W/"boot-1"', "*", '"x", "boot-1"', '"x",W/"boot-1" , "y"'];
const NOT_MATCHING = ['"boot-2"', '"boot-11"', "boot-1", '"x", "y"', 'W/"boot"', '"BOOT-1"'];

for (const if_none_match of MATCHING) {
  Deno.test(`/counters answers 304 to If-None-Match: ${if_none_match}`, async () => {
    const { ask } = await createTestApp();
    for (const method of ["GET", "HEAD"]) {
      const answer = await ask("/counters", { ...conditional(if_none_match), method });
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
    const { ask } = await createTestApp();
    assertEquals((await ask("/counters", conditional(if_none_match))).status, 200);
  });
}

Deno.test("/counters answers 200 to the id of the snapshot before", async () => {
  const { ask, tick } = await createTestApp();
  const before = (await ask("/counters")).headers.get("etag")!;
  await tick();
  assertEquals((await ask("/counters", conditional(before))).status, 200);
});

for (const [profile, path] of [["fabric", "/counters"], ["ufm", "/csv/metrics"]] as const) {
  Deno.test(`HEAD ${path} answers the headers of GET and no body`, async () => {
    const { ask } = await createTestApp(profile);
    const [get, head] = [await ask(path), await ask(path, { method: "HEAD" })];
    assertEquals(head.status, 200);
    assertEquals(head.body, null);
    assertEquals([...head.headers], [...get.headers]);
  });
}

Deno.test("GET and HEAD /healthz answer ok", async () => {
  const { ask } = await createTestApp();
  const answer = await ask("/healthz");
  assertEquals(answer.status, 200);
  assertEquals(answer.headers.get("content-type"), "application/json");
  assertEquals(await answer.text(), '{"ok":true}');
  assertEquals((await ask("/healthz", { method: "HEAD" })).status, 200);
});

for (const path of ["/counters", "/healthz"]) {
  for (const method of ["POST", "PUT", "DELETE", "OPTIONS", "PATCH"]) {
    Deno.test(`${method} ${path} answers 405 and what is allowed`, async () => {
      const { ask } = await createTestApp();
      const answer = await ask(path, { method });
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
  ["fabric", "/", "/counters, /healthz"],
  ["fabric", "/csv/metrics", "/counters, /healthz"],
  ["fabric", "/counters/", "/counters, /healthz"],
  ["fabric", "/Counters", "/counters, /healthz"],
  ["fabric", "/constructor", "/counters, /healthz"],
  ["ufm", "/metrics", "/csv/metrics, /counters, /healthz"],
];

for (const [profile, path, known] of UNKNOWN) {
  Deno.test(`GET ${path} answers 404 and names the paths of the ${profile} profile`, async () => {
    const { ask } = await createTestApp(profile);
    const answer = await ask(path);
    assertEquals(answer.status, 404);
    assertEquals(answer.headers.get("content-type"), "application/problem+json");
    const { detail, type } = await answer.json();
    assertEquals(detail, `No ${path} here: the paths are ${known}`);
    assertEquals(type, "urn:fabric-telemetry:problem:unknown-path");
  });
}

Deno.test("An unknown path is repeated in the answer only up to its limit", async () => {
  const { ask } = await createTestApp();
  const { detail } = await (await ask(`/${"x".repeat(10_000)}`)).json();
  assertStringIncludes(detail, "xxx… here");
  assert(detail.length < 300);
});

Deno.test("The ufm profile answers all rows at /csv/metrics and /counters, without ETag and time", async () => {
  const { ask } = await createTestApp("ufm");
  const answer = await ask("/csv/metrics");
  const body = await answer.text();
  assertEquals(Object.fromEntries(answer.headers), {
    "content-type": "text/csv; charset=utf-8",
    "content-length": String(new TextEncoder().encode(body).length),
    "cache-control": "no-store",
  });
  assertEquals(parse(body).length, 1 + SWITCHES * 4);
  assertEquals(await (await ask("/counters")).text(), body);
});

Deno.test("The ufm profile never answers 304", async () => {
  const { ask } = await createTestApp("ufm");
  assertEquals((await ask("/csv/metrics", conditional("*"))).status, 200);
});

Deno.test("The ufm profile's shards hold every row once, each with the header", async () => {
  const { ask } = await createTestApp("ufm");
  const [header, ...rows] = parse(await (await ask("/csv/metrics")).text());
  for (const num_shards of [1, 2, 4, 50]) {
    const sharded: string[][] = [];
    for (let shard = 0; shard < num_shards; shard++) {
      const path = `/csv/metrics?num_shards=${num_shards}&shard=${shard}&sharding_field=port_guid`;
      const answer = await ask(path);
      const body = await answer.text();
      assertEquals(answer.headers.get("content-length"), String(body.length));
      const [shard_header, ...shard_rows] = parse(body);
      assertEquals(shard_header, header);
      sharded.push(...shard_rows);
    }
    assertEquals(sharded, rows, `${num_shards} shards`);
  }
});

Deno.test("The ufm profile answers 400 to a shard that cannot be, and says why", async () => {
  const { ask } = await createTestApp("ufm");
  const answer = await ask("/csv/metrics?num_shards=3&shard=3");
  assertEquals(answer.status, 400);
  assertEquals(await answer.json(), {
    type: "urn:fabric-telemetry:problem:bad-shard",
    title: "Bad Request",
    status: 400,
    detail: "shard=3: must be a whole number 0–2",
  });
});

Deno.test("FAULT_500_PCT answers its share of /counters with a problem, and logs each", async () => {
  const { ask, log } = await createTestApp("fabric", { error_pct: 10, slow_ms: 0 });
  let errors = 0;
  for (let i = 0; i < 1_000; i++) {
    const answer = await ask("/counters");
    await answer.body?.cancel();
    if (answer.status === 500) errors++;
    else assertEquals(answer.status, 200);
  }
  assert(errors > 60 && errors < 140, `${errors} of 1,000 (seed 42)`);
  const injected = log.of("gen.inject_fault");
  assertEquals(injected.length, errors);
  assertEquals(injected[0], { kind: "http_500", delay_ms: 0 });
  assertEquals(Object.keys(injected[0]), [...EVENT_FIELDS["gen.inject_fault"]]);
});

Deno.test("FAULT_500_PCT=100 answers 500 also to HEAD and to a matching If-None-Match", async () => {
  const { ask } = await createTestApp("fabric", { error_pct: 100, slow_ms: 0 });
  assertEquals((await ask("/counters", { method: "HEAD" })).status, 500);
  const answer = await ask("/counters", conditional("*"));
  assertEquals(answer.status, 500);
  assertEquals((await answer.json()).type, "urn:fabric-telemetry:problem:injected-fault");
});

Deno.test("Faults never meet /healthz, unknown paths and wrong methods", async () => {
  const { ask, log, time } = await createTestApp("fabric", { error_pct: 100, slow_ms: 60_000 });
  for (let i = 0; i < 50; i++) {
    assertEquals((await ask("/healthz")).status, 200);
    assertEquals((await ask("/nowhere")).status, 404);
    assertEquals((await ask("/counters", { method: "POST" })).status, 405);
  }
  assertEquals(log.of("gen.inject_fault"), []);
  assertEquals(time.timers_pending, 0);
});

Deno.test("FAULT_SLOW_MS delays about 20 % of the requests by that long, and logs each", async () => {
  const { ask, log, time } = await createTestApp("fabric", { error_pct: 0, slow_ms: 700 });
  const answers = Array.from({ length: 500 }, () => ask("/counters"));
  await settle();
  const slow = time.timers_pending;
  assert(slow > 60 && slow < 140, `${slow} of 500 (seed 42)`);
  await time.advance(699);
  assertEquals(time.timers_pending, slow);
  await time.advance(1);
  for (const answer of await Promise.all(answers)) assertEquals(answer.status, 200);
  assertEquals(log.of("gen.inject_fault").length, slow);
  assertEquals(log.of("gen.inject_fault")[0], { kind: "slow", delay_ms: 700 });
  const latencies_ms = log.of("http.access").map((fields) => fields.latency_ms);
  assertEquals(latencies_ms.filter((latency_ms) => latency_ms === 700).length, slow);
});

Deno.test("Requests beyond DELAYS_MAX delayed ones are answered at once, and no fault is logged", async () => {
  const { ask, log, time, delays } = await createTestApp("fabric", { error_pct: 0, slow_ms: 700 });
  const answers = Array.from({ length: 6 * DELAYS_MAX }, () => ask("/counters"));
  await settle();
  assertEquals(delays.pending, DELAYS_MAX);
  assertEquals(log.of("gen.inject_fault").length, DELAYS_MAX);
  assertEquals(log.of("http.access").length, 5 * DELAYS_MAX);
  await time.advance(700);
  await Promise.all(answers);
});

Deno.test("A delayed request answers the snapshot of when the delay is over", async () => {
  const { ask, time, tick } = await createTestApp("fabric", { error_pct: 0, slow_ms: 700 });
  let answer = ask("/counters");
  while (time.timers_pending === 0) answer = ask("/counters");
  await tick();
  await time.advance(700);
  assertEquals((await answer).headers.get("etag"), '"boot-2"');
});

Deno.test("A delayed request whose client goes away leaves no timer and is logged as 499", async () => {
  const { ask, time, log } = await createTestApp("fabric", { error_pct: 0, slow_ms: 60_000 });
  const client = new AbortController();
  const { signal } = client;
  let answer = ask("/counters", { signal });
  while (time.timers_pending === 0) answer = ask("/counters", { signal });
  client.abort();
  await answer;
  assertEquals(time.timers_pending, 0);
  const { status, bytes_sent } = log.of("http.access").at(-1)!;
  assertEquals([status, bytes_sent], [499, 0]);
});

Deno.test("Stopping answers delayed requests at once", async () => {
  const { ask, time, delays } = await createTestApp("fabric", { error_pct: 0, slow_ms: 60_000 });
  let answer = ask("/counters");
  while (time.timers_pending === 0) answer = ask("/counters");
  delays.stop();
  assertEquals((await answer).status, 200);
  assertEquals(time.timers_pending, 0);
});

Deno.test("Every request is logged with endpoint, status, latency, age and bytes", async () => {
  const { ask, time, log } = await createTestApp();
  time.block(820);
  const body = await (await ask("/counters")).text();
  await ask("/counters", { method: "HEAD" });
  await ask("/counters", conditional("*"));
  await ask("/healthz");
  const unknown = await (await ask("/nowhere")).text();
  const wrong = await (await ask("/counters", { method: "POST" })).text();
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
  assertEquals(Object.keys(log.of("http.access")[0]), [...EVENT_FIELDS["http.access"]]);
});

Deno.test("The age in the log is never negative", async () => {
  const { ask, time, log } = await createTestApp();
  time.block(-5_000);
  await ask("/counters");
  assertEquals(log.of("http.access")[0].age_ms, 0);
});
