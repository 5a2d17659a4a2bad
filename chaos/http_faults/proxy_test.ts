import { assertEquals, assertMatch } from "@std/assert";
import { until } from "../../tools/verdict/mod.ts";
import { type Proxied, startProxied } from "./testing/proxied.ts";
import { SAMPLE } from "./testing/raw_source.ts";

function hits({ faults }: Proxied): Record<string, number> {
  return faults.hits();
}

Deno.test("the proxy forwards samples, their ETag and time, and 304", async () => {
  await using proxied = startProxied();
  using client = await proxied.connect();
  await client.get();
  const answer = await client.until(SAMPLE);
  assertMatch(answer, /^HTTP\/1\.1 200 OK\r\n/);
  assertMatch(answer, /\r\nETag: "boot-1"\r\nX-Snapshot-Ts: 1700000000000\r\n/);
  await client.get('If-None-Match: "boot-1"');
  assertMatch(await client.until("\r\n\r\n"), /^HTTP\/1\.1 304 .*"boot-1"/s);
});

Deno.test("the proxy pairs connections and counts bytes both ways", async () => {
  await using proxied = startProxied();
  using client = await proxied.connect();
  let received = 0;
  for (let i = 0; i < 3; i++) {
    await client.get();
    received += (await client.until(SAMPLE)).length;
  }
  const { connections, requests, bytes_up, bytes_down, open } = proxied.counters;
  assertEquals([connections, open, requests, proxied.source.accepted], [1, 1, 3, 1]);
  assertEquals(bytes_up, 3 * "GET /counters HTTP/1.1\r\nHost: x\r\n\r\n".length);
  assertEquals(bytes_down, received);
});

Deno.test("the proxy closes an idle connection when the source does", async () => {
  await using proxied = startProxied();
  using client = await proxied.connect();
  await client.get();
  await client.until(SAMPLE);
  proxied.source.closeAll();
  assertEquals(await client.rest(), "");
});

Deno.test("the proxy closes without an answer if the source is down or disconnects", async () => {
  await using dead = startProxied(1);
  using refused = await dead.connect();
  await refused.get();
  assertEquals(await refused.rest(), "");
  assertEquals(dead.counters.source_failures, 1);
  await using cut = startProxied();
  cut.source.answer = () => {
    setTimeout(() => cut.source.closeAll());
    return "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf";
  };
  using half = await cut.connect();
  await half.get();
  assertEquals(await half.rest(), "");
});

Deno.test("the proxy closes the source's connection when a client leaves early", async () => {
  await using proxied = startProxied();
  proxied.source.answer = () => null;
  {
    using client = await proxied.connect();
    await client.get();
    await until("the request to reach the source", () => proxied.source.heads.length === 1);
  }
  await until("the connection to end", () => proxied.counters.open === 0);
});

Deno.test("the proxy answers an invalid request with 400 and closes", async () => {
  await using proxied = startProxied();
  using client = await proxied.connect();
  await client.send("nonsense\r\n\r\n");
  assertMatch(await client.rest(), /^HTTP\/1\.1 400 .*no request line: "nonsense"/s);
});

Deno.test("http.status answers without the source and keeps the connection", async () => {
  await using proxied = startProxied();
  proxied.put("http.status", { status: 503, first_n: 2, retry_after_s: 7 });
  using client = await proxied.connect();
  for (let i = 0; i < 2; i++) {
    await client.get();
    assertMatch(await client.until("chaos lab\n"), /^HTTP\/1\.1 503 .*\r\nRetry-After: 7\r\n/s);
  }
  assertEquals(proxied.source.accepted, 0);
  await client.get();
  await client.until(SAMPLE);
  assertEquals(hits(proxied), { "http.status": 2 });
});

Deno.test("http.cut_body announces the whole body and closes after a part of it", async () => {
  await using proxied = startProxied();
  proxied.put("http.cut_body", { share_kept: 0.5 });
  using client = await proxied.connect();
  await client.get();
  const [head, body] = (await client.rest()).split("\r\n\r\n");
  assertMatch(head, new RegExp(`Content-Length: ${SAMPLE.length}`));
  assertEquals(body, SAMPLE.slice(0, Math.floor(SAMPLE.length / 2)));
});

Deno.test("content faults request the whole sample despite If-None-Match", async () => {
  await using proxied = startProxied();
  proxied.put("http.na_flood", { share: 1 });
  using client = await proxied.connect();
  await client.get('If-None-Match: "boot-1"');
  await client.until("switch_id,a,errors\nsw-0,N/A,N/A\nsw-1,N/A,N/A\n");
  assertEquals(hits(proxied), { "http.na_flood": 1 });
});

Deno.test("several faults change one answer, in the order they were put on", async () => {
  await using proxied = startProxied();
  proxied.put("http.na_flood", { share: 1 });
  proxied.put("http.duplicate_rows", { share: 1 });
  proxied.put("http.cut_body", { share_kept: 0.9 });
  proxied.put("http.slow_first_byte", { delay_ms: 1 });
  using client = await proxied.connect();
  await client.get();
  assertMatch(await client.rest(), /sw-0,N\/A,N\/A\nsw-0,N\/A,N\/A\nsw-1/);
  assertEquals(Object.values(hits(proxied)), [1, 1, 1, 1]);
});

Deno.test("a delayed answer is sent as soon as its fault is lifted", async () => {
  await using proxied = startProxied();
  proxied.put("http.slow_first_byte", { delay_ms: 60_000 });
  using client = await proxied.connect();
  await client.get();
  await until("the fault's hit", () => hits(proxied)["http.slow_first_byte"] === 1);
  proxied.faults.lift("http.slow_first_byte");
  await client.until(SAMPLE);
});

Deno.test("a slow body is completed as soon as its fault is lifted", async () => {
  await using proxied = startProxied();
  proxied.put("http.slow_drip", { bytes_per_s: 1 });
  using client = await proxied.connect();
  await client.get();
  await client.until("\r\n\r\ns");
  proxied.faults.lift("http.slow_drip");
  assertEquals(await client.until("sw-1,2.5,41\n"), SAMPLE.slice(1));
});

Deno.test("a slow body is not faster than its rate", async () => {
  await using proxied = startProxied();
  proxied.put("http.slow_drip", { bytes_per_s: 200 });
  using client = await proxied.connect();
  await client.get();
  await client.until("\r\n\r\n");
  const started_ms = performance.now();
  await client.until(SAMPLE.slice(-5));
  const least_ms = (SAMPLE.length / 200) * 1000;
  assertEquals(performance.now() - started_ms > least_ms * 0.8, true);
});

Deno.test("an endless body ends, unfinished, when its fault is lifted", async () => {
  await using proxied = startProxied();
  proxied.put("http.endless_body");
  using client = await proxied.connect();
  await client.get();
  await client.until("pad-000000002000,");
  proxied.faults.lift("http.endless_body");
  assertEquals((await client.rest()).endsWith("\r\n0\r\n\r\n"), false);
});

Deno.test("an endless body ends when the client leaves", async () => {
  await using proxied = startProxied();
  proxied.put("http.endless_body");
  {
    using client = await proxied.connect();
    await client.get();
    await client.until("pad-000000002000,");
  }
  await until("the connection to end", () => proxied.counters.open === 0);
});

Deno.test("http.oversized_body has its exact size", async () => {
  await using proxied = startProxied();
  proxied.put("http.oversized_body", { bytes: 300_000 });
  using client = await proxied.connect();
  await client.get("Connection: close");
  const [head, body] = (await client.rest()).split("\r\n\r\n");
  assertMatch(head, /Content-Length: 300000/);
  assertEquals([body.length, body.startsWith(SAMPLE)], [300_000, true]);
});

Deno.test("http.wrong_length announces fewer bytes than it sends", async () => {
  await using proxied = startProxied();
  proxied.put("http.wrong_length", { delta_bytes: -4 });
  using client = await proxied.connect();
  await client.get();
  const answer = await client.until(SAMPLE);
  assertMatch(answer, new RegExp(`Content-Length: ${SAMPLE.length - 4}\\r\\n`));
});

Deno.test("the proxy serves pipelined requests in order", async () => {
  await using proxied = startProxied();
  using client = await proxied.connect();
  const request = "GET /counters HTTP/1.1\r\nHost: x\r\n\r\n";
  await client.send(request + request.slice(0, 10));
  await client.until(SAMPLE);
  await client.send(request.slice(10));
  await client.until(SAMPLE);
  assertEquals(proxied.counters.requests, 2);
});

Deno.test("the proxy drops Accept-Encoding and sets Host for the source", async () => {
  await using proxied = startProxied();
  using client = await proxied.connect();
  await client.get("Accept-Encoding: gzip", "X-Other: kept");
  await client.until(SAMPLE);
  const [head] = proxied.source.heads;
  assertMatch(head, new RegExp(`Host: 127.0.0.1:${proxied.source.port}`));
  assertEquals([/accept-encoding/i.test(head), /X-Other: kept/.test(head)], [false, true]);
});
