/** data_server as a source: what a poller can rely on. */
import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { bootOf } from "../contracts/mod.ts";
import {
  getMetric,
  request,
  startDataServer,
  startMetricsServer,
  together,
  until,
} from "./harness/mod.ts";

const HEADER = "switch_id,bandwidth_gbps,latency_us,packet_errors";

Deno.test("data_server of the fabric profile", async (t) => {
  const started_ms = Date.now();
  await using server = await startDataServer({ DATA_INTERVAL_SEC: 3600, DATA_SWITCHES: 12 });
  const whole = await request(server, "/counters");
  const etag = whole.headers.get("etag")!;

  await together(t, {
    "/counters returns the sample with its id, time and length": () => {
      assertEquals(whole.status, 200);
      assertEquals(whole.headers.get("content-type"), "text/csv; charset=utf-8");
      assertEquals(whole.headers.get("cache-control"), "no-store");
      assertEquals(whole.headers.get("content-length"), `${whole.bytes.length}`);
      assertMatch(etag, /^"[0-9a-z]+-1"$/);
      assertEquals(etag, `"${server.log.all("gen.tick")[0].snapshot_id}"`);
      const snapshot_ts = Number(whole.headers.get("x-snapshot-ts"));
      assert(snapshot_ts >= started_ms && snapshot_ts <= Date.now());
      const lines = whole.text.split("\n");
      assertEquals([lines[0], lines.length, lines.at(-1)], [HEADER, 14, ""]);
      lines.slice(1, -1).forEach((line, n) => {
        const id = `sw-${String(n).padStart(3, "0")}`;
        assertMatch(line, new RegExp(`^${id},\\d+(\\.\\d+)?,\\d+(\\.\\d+)?,\\d+$`));
      });
      return Promise.resolve();
    },

    "/counters answers 304 without a body for a known ETag": async () => {
      for (const known of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
        const headers = { "if-none-match": known };
        const answer = await request(server, "/counters", { headers });
        assertEquals([answer.status, answer.headers.get("etag")], [304, etag], known);
        const same = ["x-snapshot-ts", "cache-control"];
        for (const name of same) assertEquals(answer.headers.get(name), whole.headers.get(name));
      }
      for (const known of ['"other"', etag.slice(1, -1), etag.replace("-1", "-10")]) {
        const headers = { "if-none-match": known };
        assertEquals((await request(server, "/counters", { headers })).status, 200, known);
      }
    },

    "HEAD has the headers of GET": async () => {
      for (const path of ["/counters", "/healthz"]) {
        const got = await request(server, path);
        const head = await request(server, path, { method: "HEAD" });
        const headers = (answer: { headers: Headers }) =>
          [...answer.headers].filter(([name]) => name !== "date");
        assertEquals(headers(head), headers(got));
      }
    },

    "a Host header that contains a path is refused": async () => {
      for (const path of ["/healthz", "/nothing"]) {
        const answer = await request(server, path, { headers: { host: "a/counters?" } });
        assertEquals([answer.status, answer.json().type], [
          400,
          "urn:fabric-telemetry:problem:bad-host",
        ]);
      }
    },

    "other methods and paths are refused with the allowed ones": async () => {
      const post = await request(server, "/counters", { method: "POST", body: "x" });
      assertEquals([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
      const unknown = await request(server, "/csv/metrics");
      assertEquals([unknown.status, unknown.json().status], [404, 404]);
      assertMatch(unknown.json().detail, /\/counters, \/healthz, \/metrics$/);
      assertEquals((await request(server, "/healthz")).text, '{"ok":true}');
    },
  });
});

Deno.test("data_server never reuses an id, even if a seed repeats the data", async () => {
  const samples: { id: string; text: string }[] = [];
  for (let start = 0; start < 2; start++) {
    await using server = await startDataServer({ SEED: 42, DATA_INTERVAL_SEC: 3600 });
    const { headers, text } = await request(server, "/counters");
    samples.push({ id: headers.get("etag")!.slice(1, -1), text });
  }
  assertEquals(samples[0].text, samples[1].text);
  assertNotEquals(bootOf(samples[0].id), bootOf(samples[1].id));
});

Deno.test("data_server creates a sample per interval without drift", async () => {
  await using server = await startDataServer({ SEED: 42 });
  const first = await request(server, "/counters");
  const ticks = await until("three ticks", () => {
    const ticks = server.log.all("gen.tick");
    return ticks.length >= 3 && ticks;
  });
  const due_ms = ticks.map(({ ts, tick_ms, skew_ms }) => Date.parse(ts) - tick_ms - skew_ms);
  // A machine that stands still skips ticks.
  const passed_ms = due_ms[2] - due_ms[0];
  const drift_ms = passed_ms - Math.round(passed_ms / 1_000) * 1_000;
  assert(Math.abs(drift_ms) < 50, `the third tick was due ${drift_ms} ms off`);
  const last = await request(server, "/counters");
  assertNotEquals(last.headers.get("etag"), first.headers.get("etag"));
  const errors = (text: string) =>
    text.trimEnd().split("\n").slice(1).map((row) => Number(row.split(",")[3]));
  const [before, after] = [errors(first.text), errors(last.text)];
  assert(after.every((count, n) => count >= before[n]), "errors are a counter: it never decreases");
  assert(after.some((count, n) => count > before[n]));
});

Deno.test("FAULT_500_PCT of data_server appears as http_5xx in metrics_server", async () => {
  await using data = await startDataServer({ FAULT_500_PCT: 100 });
  const answer = await request(data, "/counters");
  assertEquals([answer.status, answer.json().type], [
    500,
    "urn:fabric-telemetry:problem:injected-fault",
  ]);
  assertEquals((await request(data, "/healthz")).status, 200);
  await using server = await startMetricsServer(`${data.url}/counters`);
  const { cause, status } = await server.log.wait("poll.error");
  assertEquals([cause, status], ["http_5xx", 500]);
});

Deno.test("data_server's UFM profile has the format of the real endpoint", async () => {
  await using data = await startDataServer({
    DATA_PROFILE: "ufm",
    DATA_SWITCHES: 4,
    DATA_PORTS: 8,
    DATA_INTERVAL_SEC: 3600,
    SEED: 9,
  });
  const answer = await request(data, "/csv/metrics?port_type__in__1__2__4");
  assertEquals([answer.status, answer.headers.get("etag")], [200, null]);
  assertEquals(answer.headers.get("x-snapshot-ts"), null);
  const lines = answer.text.trimEnd().split("\n");
  assertMatch(lines[0], /^timestamp,source_id,tag,node_guid,port_guid,port_num,PortXmitDataExt/);
  assertEquals(lines.length, 1 + 4 * 8);
  const rows = lines.slice(1).map((line) => line.split(","));
  for (const [timestamp, , tag, node_guid, , port_num] of rows) {
    assertMatch(timestamp, /^\d{16}$/);
    assertEquals(tag, "");
    assertMatch(`${node_guid}:${port_num}`, /^0x[0-9a-f]{16}:[1-8]$/);
  }
  const cells = rows.flat();
  assert(cells.includes("9007199254740993") && cells.includes("18446744073709551615"));
  assert(cells.includes("N/A") && cells.includes("nan"));

  for (const query of ["num_shards=2", "shard=0", "num_shards=2&shard=2", "num_shards=0&shard=0"]) {
    const refused = await request(data, `/csv/metrics?${query}`);
    assertEquals([refused.status, refused.json().type], [
      400,
      "urn:fabric-telemetry:problem:bad-shard",
    ], query);
  }

  await using server = await startMetricsServer(`${data.url}/csv/metrics`);
  await server.log.wait("poll.run");
  const from_ms = Date.now();
  const first = await getMetric(server, `${rows[0][3]}:${rows[0][5]}`, "PortXmitDataExtended");
  assertMatch(first.text, /"value":9007199254740993,/);
  const taken_ms = Number(rows[0][0]) / 1000;
  const { age_ms } = first.json();
  assert(age_ms >= from_ms - taken_ms - 10 && age_ms <= Date.now() - taken_ms + 10, first.text);
});
