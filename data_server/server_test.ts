import {
  assert,
  assertEquals,
  assertGreater,
  assertLess,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type Clock, ConfigError, type Env, systemClock } from "../platform/mod.ts";
import { ENDPOINTS } from "./app.ts";
import { readDataServerConfig } from "./config.ts";
import { createCsvBuffer, writeCsv } from "./simulation.ts";
import { FabricSimulation } from "./profile_fabric.ts";
import { type DataServer, startDataServer } from "./server.ts";
import { BODY_WHOLE_BYTES_MAX, OLDER_SNAPSHOTS_MAX } from "./snapshot_store.ts";
import { until, within } from "../tools/verdict/mod.ts";
import { RawConnection } from "./testing/raw_http.ts";
import { RecordingLog } from "./testing/recording_log.ts";
import { systemTimer, type Timer } from "./ticker.ts";

const STOP_MS = 1_500;

/** A big matrix: 2,000 × 31, about 450 kB. */
const BIG: Env = { DATA_SWITCHES: "2000", DATA_FIELDS: "30", SEED: "42" };
/** A huge matrix, more than the sockets' buffers hold: 20,000 × 201, about 28 MB. */
const HUGE: Env = { DATA_SWITCHES: "20000", DATA_FIELDS: "200", SEED: "42" };

/** Time that runs `factor` times as fast. */
function fast(factor: number): { clock: Clock; timer: Timer } {
  return {
    clock: { ...systemClock, monotonic_ms: () => systemClock.monotonic_ms() * factor },
    timer: (delay_ms, callback) => systemTimer(delay_ms / factor, callback),
  };
}

async function withServer(
  env: Env,
  body: (server: DataServer, log: RecordingLog) => Promise<void>,
  time: { clock: Clock; timer: Timer } = { clock: systemClock, timer: systemTimer },
): Promise<void> {
  const { config } = readDataServerConfig({ BIND_HOST: "127.0.0.1", PORT: "0", ...env });
  const log = new RecordingLog(ENDPOINTS);
  const server = await startDataServer(config, { ...time, log, entropy: Math.random });
  try {
    await body(server, log);
  } finally {
    await server.stop(STOP_MS);
  }
}

function get(path: string, ...headers: string[]): string {
  return [`GET ${path} HTTP/1.1`, "Host: localhost", ...headers, "", ""].join("\r\n");
}

/** Waits until this many requests are answered or delayed. */
function allHandled(log: RecordingLog, requests: number): Promise<true> {
  const handled = () => log.of("http.access").length + log.of("gen.inject_fault").length;
  return until(`${requests} requests`, () => handled() === requests);
}

const PROFILES: [name: string, path: string, env: Env][] = [
  ["a small body", "/counters", {}],
  ["a big body", "/counters", BIG],
  ["a ufm body", "/csv/metrics", { DATA_PROFILE: "ufm" }],
];

for (const [name, path, env] of PROFILES) {
  Deno.test(`The server sends ${name} with its exact length, neither compressed nor chunked`, () =>
    withServer(env, async ({ port }) => {
      using connection = await RawConnection.open(port);
      await connection.send(get(path, "Accept-Encoding: gzip, deflate, br, zstd"));
      const { status, headers, body } = await connection.readResponse();
      assertEquals(status, 200);
      assertEquals(headers.get("content-length"), String(body.length));
      assertEquals(headers.get("content-encoding"), undefined);
      assertEquals(headers.get("transfer-encoding"), undefined);
      assertEquals(body.length > BODY_WHOLE_BYTES_MAX, env !== PROFILES[0][2]);
      assertEquals(new TextDecoder().decode(body.subarray(-1)), "\n");
      assertEquals(connection.unread_bytes, 0);
    }));

  Deno.test(`The server answers HEAD for ${name} with the same headers and no body`, () =>
    withServer(env, async ({ port }) => {
      using connection = await RawConnection.open(port);
      await connection.send(get(path) + get(path).replace("GET", "HEAD") + get("/healthz"));
      const from_get = await connection.readResponse();
      const from_head = await connection.readResponse(false);
      const after = await connection.readResponse();
      for (const headers of [from_get.headers, from_head.headers]) headers.delete("date");
      assertEquals([...from_head.headers], [...from_get.headers]);
      assertEquals(new TextDecoder().decode(after.body), '{"ok":true}');
    }));
}

Deno.test("The server answers pipelined requests in order, without a body after a 304", () =>
  withServer({}, async ({ port }) => {
    using connection = await RawConnection.open(port);
    await connection.send(
      get("/counters", "If-None-Match: *") + get("/nowhere") + get("/healthz"),
    );
    const not_modified = await connection.readResponse(false);
    assertEquals(not_modified.status, 304);
    assertStringIncludes(not_modified.headers.get("etag")!, '-1"');
    assert(not_modified.headers.has("x-snapshot-ts"));
    assertEquals((await connection.readResponse()).status, 404);
    assertEquals((await connection.readResponse()).status, 200);
  }));

Deno.test("The server ignores the body of a GET and keeps the connection", () =>
  withServer({}, async ({ port }) => {
    using connection = await RawConnection.open(port);
    await connection.send(get("/counters", "Content-Length: 3") + "abc" + get("/healthz"));
    assertEquals((await connection.readResponse()).status, 200);
    const { status, body } = await connection.readResponse();
    assertEquals([status, new TextDecoder().decode(body)], [200, '{"ok":true}']);
  }));

Deno.test("The server sends one snapshot's bytes while further ticks pass", () =>
  withServer({ ...BIG, DATA_INTERVAL_SEC: "1" }, async ({ url }) => {
    const bodyOf = reference();
    const sequences = new Set<number>();
    while (sequences.size < 8) {
      const answers = await Promise.all(
        Array.from({ length: 4 }, async () => {
          const answer = await fetch(`${url}/counters`);
          const sequence = Number(answer.headers.get("etag")!.match(/-(\d+)"$/)![1]);
          return { sequence, text: await answer.text() };
        }),
      );
      for (const { sequence, text } of answers) {
        assert(text === await bodyOf(sequence), `body of snapshot ${sequence}`);
        sequences.add(sequence);
      }
    }
  }, fast(20)));

/** The body of BIG at each tick, counted from 1. */
function reference(): (sequence: number) => Promise<string> {
  const simulation = new FabricSimulation({ switches: 2_000, fields: 30, seed: 42 });
  const buffer = createCsvBuffer(simulation);
  const pacing = { now_ms: () => 0, pause: () => Promise.resolve() };
  const { signal } = new AbortController();
  const bodies: string[] = [];
  return async (sequence) => {
    while (bodies.length < sequence) {
      const options = { advance: bodies.length > 0, taken_at_ms: 0, pacing, signal };
      const written = await writeCsv(simulation, buffer, options);
      bodies.push(new TextDecoder().decode(buffer.bytes.subarray(0, written)));
    }
    return bodies[sequence - 1];
  };
}

Deno.test("The server disconnects the slowest of stalled clients and serves others", () =>
  withServer({ ...HUGE, DATA_INTERVAL_SEC: "1" }, async ({ port, url }, log) => {
    const ticks = () => log.of("gen.tick").length;
    const stalled: RawConnection[] = [];
    for (let n = 1; n <= OLDER_SNAPSHOTS_MAX + 1; n++) {
      stalled.push(await RawConnection.open(port));
      await stalled[n - 1].send(get("/counters"));
      await until("the request", () => log.of("http.access").length === n);
      const ticks_before = ticks();
      await until("a tick", () => ticks() > ticks_before);
    }
    const { headers, body } = await stalled[0].readResponse();
    assertLess(body.length, Number(headers.get("content-length")));
    assertStringIncludes(
      String(log.of("http.error")[0].detail),
      "Cannot continue to send snapshot",
    );
    const answer = await fetch(`${url}/counters`);
    assertEquals((await answer.bytes()).length, Number(answer.headers.get("content-length")));
    for (const connection of stalled) connection.close();
  }, fast(5)));

Deno.test("The server ticks without requests and logs the skew of each tick", () =>
  withServer({ DATA_INTERVAL_SEC: "1" }, async (_server, log) => {
    await until("5 ticks", () => log.of("gen.tick").length >= 5);
    const skews_ms = log.of("gen.tick").map((fields) => fields.skew_ms as number);
    assert(skews_ms.every((skew_ms) => skew_ms > -20), `${skews_ms}`);
  }, fast(20)));

Deno.test("The server leaks nothing when a client disconnects during an injected delay", () =>
  withServer({ FAULT_SLOW_MS: "60000", SEED: "42" }, async ({ port, stop }, log) => {
    const connections = await Promise.all(
      Array.from({ length: 20 }, () => RawConnection.open(port)),
    );
    for (const connection of connections) await connection.send(get("/counters"));
    await allHandled(log, connections.length);
    const slow = log.of("gen.inject_fault").length;
    assertGreater(slow, 0, "this seed delays some requests");
    for (const connection of connections) connection.close();
    const closed = () => log.of("http.access").filter((fields) => fields.status === 499).length;
    await until("the end of the delays", () => closed() === slow);
    assertEquals(await stop(STOP_MS), true);
  }));

Deno.test("Stopping answers delayed requests at once and closes idle connections", () =>
  withServer({ FAULT_SLOW_MS: "60000", SEED: "42" }, async ({ port, stop }, log) => {
    const connections = await Promise.all(
      Array.from({ length: 20 }, () => RawConnection.open(port)),
    );
    for (const connection of connections) await connection.send(get("/counters"));
    await allHandled(log, connections.length);
    assertGreater(log.of("gen.inject_fault").length, 0, "this seed delays some requests");
    assertEquals(await stop(STOP_MS), true);
    for (const connection of connections) {
      assertEquals((await connection.readResponse()).status, 200);
      connection.close();
    }
  }));

Deno.test("Stopping aborts a response that is not read in time, and returns false", () =>
  withServer(HUGE, async ({ port, stop }, log) => {
    using stalled = await RawConnection.open(port);
    await stalled.send(get("/counters"));
    await until("the request", () => log.of("http.access").length === 1);
    assertEquals(await within("the stop", stop(200)), false);
  }));

Deno.test("Stopping finishes a response that is being read", () =>
  withServer(HUGE, async ({ port, stop }, log) => {
    using reader = await RawConnection.open(port);
    await reader.send(get("/counters"));
    await until("the request", () => log.of("http.access").length === 1);
    const stopped = stop(STOP_MS);
    const { headers, body } = await reader.readResponse();
    assertEquals(body.length, Number(headers.get("content-length")));
    assertEquals(await stopped, true);
  }));

Deno.test("startDataServer refuses a port in use", () =>
  withServer({}, async ({ port }) => {
    const { config } = readDataServerConfig({ BIND_HOST: "127.0.0.1", PORT: String(port) });
    const parts = { clock: systemClock, log: new RecordingLog(), entropy: Math.random };
    const error = await assertRejects(() => startDataServer(config, parts), ConfigError);
    assertStringIncludes(error.message, `PORT=${port}: already in use on 127.0.0.1`);
  }));

Deno.test("startDataServer has a snapshot before it listens", () =>
  withServer({}, async ({ url }, log) => {
    assertEquals(log.lines[0].event, "gen.tick");
    assertGreater((await (await fetch(`${url}/counters`)).text()).length, 0);
  }));
