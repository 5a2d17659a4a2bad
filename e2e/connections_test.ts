/** Pipelining, slow readers and clients that send garbage. */
import { assert, assertEquals, assertLess } from "@std/assert";
import {
  fabricSample,
  FakeSource,
  getMetric,
  HttpSocket,
  listMetrics,
  request,
  requestText,
  serveSnapshot,
  type Service,
  startMetricsServer,
  together,
  until,
  wideSample,
  within,
} from "./harness/mod.ts";

/** The list has about 12 MB, far more than the kernel buffers for a reader. */
const WIDE = { rows: 16_000, fields: 30 };

/** Limit of concurrent long responses for one client address. */
const LONG_BODIES_CLIENT_MAX = 12;

/** Median time of a GetMetric on a new connection, in milliseconds. */
async function medianLatency(server: Service): Promise<number> {
  const latencies_ms: number[] = [];
  for (let n = 0; n < 101; n++) {
    const from_ms = performance.now();
    assertEquals((await getMetric(server, "sw-000", "counter_1")).status, 200);
    latencies_ms.push(performance.now() - from_ms);
  }
  return latencies_ms.sort((a, b) => a - b)[50];
}

Deno.test("pipelined requests are answered in order", async () => {
  const switches = 100;
  await using source = new FakeSource(serveSnapshot(fabricSample(switches), { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  const asks: { method: string; target: string; expected: number; text?: RegExp }[] = [];
  for (let n = 0; n < switches; n++) {
    const switch_id = `sw-${String(n).padStart(3, "0")}`;
    asks.push({
      method: "GET",
      target: `/telemetry/GetMetric?switch_id=${switch_id}&metric=bandwidth_gbps`,
      expected: 200,
      text: new RegExp(`^\\{"switch_id":"${switch_id}".*"value":${100 + n},`),
    });
    if (n % 10 === 0) asks.push({ method: "GET", target: `/${n}`, expected: 404 });
    if (n % 10 === 1) asks.push({ method: "HEAD", target: "/healthz", expected: 200 });
    if (n % 10 === 2) asks.push({ method: "POST", target: "/stats", expected: 405 });
    if (n % 10 === 3) asks.push({ method: "GET", target: "/telemetry/ListMetrics", expected: 200 });
  }
  using socket = await HttpSocket.connect(server.port);
  await socket.send(asks.map(({ method, target }) => requestText(target, { method })).join(""));
  for (const { method, target, expected, text } of asks) {
    const answer = await within(`the answer to ${target}`, socket.read(method));
    assertEquals(answer.status, expected, target);
    if (text !== undefined) assert(text.test(answer.text), `${target}: ${answer.text}`);
  }
  await socket.sendRequest("/healthz", { headers: { connection: "close" } });
  assertEquals((await socket.read()).text, '{"ok":true}');
  assertEquals((await socket.rest()).length, 0);
});

Deno.test("a large matrix and its readers", async (t) => {
  const sample = wideSample(WIDE.rows, WIDE.fields);
  await using source = new FakeSource(serveSnapshot(sample, { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");

  await t.step(
    "a response that needs preparation keeps its place in the pipeline",
    async () => {
      using socket = await HttpSocket.connect(server.port);
      const targets = ["/telemetry/ListMetrics", "/healthz", "/telemetry/ListMetrics"];
      await socket.send(targets.map((target) => requestText(target, {})).join(""));
      const [first, health, second] = [
        await socket.read(),
        await socket.read(),
        await socket.read(),
      ];
      assertEquals(health.text, '{"ok":true}');
      for (const { text } of [first, second]) {
        const { items, fields } = JSON.parse(text);
        assertEquals([items.length, fields.length], [WIDE.rows, WIDE.fields]);
        assertEquals(items.at(-1).counter_29, 1_000_000_029);
      }
      const head = await listMetrics(server, { method: "HEAD" });
      const announced = Number(head.headers.get("content-length"));
      // The age may have more digits by now.
      const off = announced - first.bytes.length;
      assert(off >= 0 && off < 4, `HEAD: ${announced} bytes, GET: ${first.bytes.length}`);
    },
  );

  await t.step(
    "stalled readers slow no other client, and their number is limited",
    async () => {
      const before_ms = await medianLatency(server);
      const readers: HttpSocket[] = [];
      try {
        for (let n = 0; n < LONG_BODIES_CLIENT_MAX; n++) {
          const reader = await HttpSocket.connect(server.port);
          readers.push(reader);
          await reader.sendRequest("/telemetry/ListMetrics");
          assertEquals((await reader.readHead()).status, 200);
        }
        const during_ms = await medianLatency(server);
        assertLess(during_ms, 3 * before_ms + 5, `${before_ms} ms without slow readers`);

        const refused = await listMetrics(server);
        assertEquals([refused.status, refused.headers.get("retry-after")], [503, "1"]);
        assertEquals(refused.json().type, "urn:fabric-telemetry:problem:too-many-lists");
        assertEquals((await listMetrics(server, { method: "HEAD" })).status, 200);
        const known = await listMetrics(server, { headers: { "if-none-match": '"boot1-1"' } });
        assertEquals(known.status, 304);
      } finally {
        for (const reader of readers) reader.close();
      }
      await until("room for another list", async () => (await listMetrics(server)).status === 200);
    },
  );

  await t.step(
    "a slow reader gets its whole list even after a newer snapshot",
    async () => {
      using reader = await HttpSocket.connect(server.port);
      await reader.sendRequest("/telemetry/ListMetrics");
      const head = await reader.readHead();
      const newer = sample.replace("1000000000", "2000000000");
      source.behavior = serveSnapshot(newer, { id: "boot1-2" });
      await server.log.wait("poll.run", ({ snapshot_id }) => snapshot_id === "boot1-2");
      assertEquals((await getMetric(server, "sw-000", "counter_0")).json().value, 2_000_000_000);
      const list = JSON.parse(new TextDecoder().decode(await reader.readBody(head)));
      assertEquals([list.snapshot_id, list.items.length], ["boot1-1", WIDE.rows]);
      assertEquals([list.items[0].counter_0, list.items.at(-1).counter_29], [
        1_000_000_000,
        1_000_000_029,
      ]);
    },
  );
});

const GARBAGE = {
  "a TLS hello": new Uint8Array([22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3, 7, 91, 255, 0, 128]),
  "an incomplete request line": "GET\r\n\r\n",
  "blank lines": "\r\n\r\n\r\n\r\n",
  "an unknown HTTP version": "GET /healthz HTTP/0.7\r\n\r\n",
  "a header without a colon": "GET /healthz HTTP/1.1\r\nhost: x\r\nbroken header\r\n\r\n",
  "a header name with a blank": "GET /healthz HTTP/1.1\r\nhost: x\r\nbro ken: 1\r\n\r\n",
  "two lengths":
    "POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
  "an invalid length": "POST /healthz HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
  "hundreds of headers": `GET /healthz HTTP/1.1\r\n${"x-a: b\r\n".repeat(500)}\r\n`,
  "a header that never ends": `GET /healthz HTTP/1.1\r\nx-a: ${"b".repeat(200_000)}`,
  "zero bytes": new Uint8Array(100_000),
};

Deno.test("clients that send garbage", async (t) => {
  await using source = new FakeSource(serveSnapshot(fabricSample(3)));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  const isServing = async () => (await getMetric(server, "sw-000", "latency_us")).status === 200;

  const steps = Object.entries(GARBAGE).map(([name, bytes]) => [
    `${name}: 400 and the connection is closed`,
    async () => {
      using socket = await HttpSocket.connect(server.port);
      await socket.send(bytes);
      const answer = await within("a refusal", socket.read());
      assertEquals(answer.status >= 400 && answer.status < 500, true, `${answer.status}`);
      assertEquals(answer.headers.get("connection"), "close");
      assert(await isServing());
    },
  ]);
  await together(t, {
    ...Object.fromEntries(steps),

    "incomplete requests delay no other client": async () => {
      const halves = ["", "G", "GET /telemetry/GetM", "GET /healthz HTTP/1.1\r\nhost: x\r\n"];
      const sockets: HttpSocket[] = [];
      try {
        for (let n = 0; n < 100; n++) {
          const socket = await HttpSocket.connect(server.port);
          sockets.push(socket);
          await socket.send(halves[n % halves.length]);
        }
        assert(await isServing());
        await sockets[3].send("\r\n"); // the rest may still arrive
        assertEquals((await sockets[3].read()).text, '{"ok":true}');
      } finally {
        for (const socket of sockets) socket.close();
      }
    },

    "a client that half-closes its connection still gets its response": async () => {
      using socket = await HttpSocket.connect(server.port);
      await socket.sendRequest("/healthz");
      await socket.conn.closeWrite();
      assertEquals((await within("the answer", socket.read())).text, '{"ok":true}');
      assertEquals((await within("the end", socket.rest())).length, 0);
    },

    "an announced body that never arrives does not delay the response": async () => {
      using socket = await HttpSocket.connect(server.port);
      await socket.sendRequest("/healthz", {
        method: "POST",
        headers: { "content-length": "99999999" },
      });
      assertEquals((await within("the answer", socket.read())).status, 405);
    },

    "clients that leave early cause only access lines in the log": async () => {
      for (let n = 0; n < 50; n++) {
        using socket = await HttpSocket.connect(server.port);
        await socket.sendRequest("/telemetry/ListMetrics");
      }
      assert(await isServing());
    },
  });
  assertEquals((await request(server, "/stats")).json().log, { lines_dropped: 0 });
  const { code, stderr } = await server.stop();
  assertEquals([code, stderr], [0, ""]);
  // Lines are written with a delay: the log is complete after the stop.
  const names = new Set(server.log.events.map(({ event }) => event));
  assertEquals(names, new Set(["startup", "poll.run", "http.access", "shutdown"]));
});
