/** Stopping: requests in progress are finished, within a bounded time. */
import { assert, assertEquals, assertGreater, assertLess } from "@std/assert";
import { STOP_REPEAT_MS, type StopSignal } from "../platform/mod.ts";
import {
  type End,
  fabricSample,
  FakeSource,
  freePort,
  GRACEFUL_STOP_MS_MAX,
  hang,
  HttpSocket,
  inTurn,
  serve,
  serveSnapshot,
  type Service,
  type ServiceEnv,
  startDataServer,
  startMetricsServer,
  together,
  until,
  wideSample,
} from "./harness/mod.ts";

/** A list of about 12 MB, more than the kernel buffers for a stalled reader. */
const WIDE_ROWS = 16_000;
const WIDE = wideSample(WIDE_ROWS, 30);

/** Lists of at most about 5 MB, all too long to be prepared before a request. */
const UNPREPARED_ROWS = [8_000, 4_000, 2_000];

/** Time of a stop by the calm clock in which every answer here can be read. */
const STARVED_MS_MAX = 500;

function assertStopped(server: Service, end: End, reason: string, drained = true): void {
  assertEquals([end.code, end.stderr], [0, ""]);
  assertLess(end.took_ms, GRACEFUL_STOP_MS_MAX);
  assertEquals(server.log.foreign, []);
  const last = server.log.events.at(-1)!;
  // A service that is starved runs out of time for answers that a reader has already.
  if (drained && last.drained === false && end.took_ms < STARVED_MS_MAX) drained = false;
  assertEquals([last.event, last.level, last.reason, last.drained], [
    "shutdown",
    "INFO",
    reason,
    drained,
  ]);
  assert(last.uptime_ms > 0 && last.uptime_ms < 600_000);
}

/** Idle keep-alive connections after one response. */
async function idleConnections(server: Service, count: number): Promise<HttpSocket[]> {
  return await Promise.all(Array.from({ length: count }, async () => {
    const socket = await HttpSocket.connect(server.port);
    await socket.sendRequest("/healthz");
    assertEquals((await socket.read()).status, 200);
    return socket;
  }));
}

/** Waits until new connections are refused: the stop has begun. */
function refusesConnections({ port }: Service): Promise<true> {
  return until("new connections to be refused", async () => {
    try {
      using _socket = await HttpSocket.connect(port);
      return false;
    } catch (error) {
      return error instanceof Deno.errors.ConnectionRefused;
    }
  });
}

async function stopWhileIdle(signal: Deno.Signal, env: ServiceEnv): Promise<void> {
  await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
  const slow = { POLL_TIMEOUT_MS: 60_000, ...env };
  await using server = await startMetricsServer(source.url, slow);
  await server.log.wait("poll.run");
  source.behavior = hang;
  const polls = source.requests.length;
  await until("a hanging poll", () => source.requests.length > polls);
  const idle = await idleConnections(server, 20);
  try {
    assertStopped(server, await server.stop(signal), signal);
    for (const socket of idle) assertEquals((await socket.rest()).length, 0);
  } finally {
    for (const socket of idle) socket.close();
  }
}

/** The reader has the head of its list; the body must arrive despite the stop. */
async function stopWhileSending(env: ServiceEnv, ...also: StopSignal[]): Promise<void> {
  await using source = new FakeSource(serveSnapshot(WIDE, { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url, { PORT: freePort(), ...env });
  await server.log.wait("poll.run");
  using reader = await HttpSocket.connect(server.port);
  await reader.sendRequest("/telemetry/ListMetrics");
  const head = await reader.readHead();
  const stopped = server.stop("SIGTERM");
  await refusesConnections(server);
  for (const signal of also) server.signal(signal);
  const body = await reader.readBody(head);
  assertEquals((await reader.rest()).length, 0);
  assertEquals(JSON.parse(new TextDecoder().decode(body)).items.length, WIDE_ROWS);
  assertStopped(server, await stopped, "SIGTERM");
}

/**
 * Stops with `lists` requested and none prepared. A busy machine may report that it did not drain
 * them in time, and then gets shorter lists; drained lists must be whole.
 */
async function stopWhilePreparing(lists: number, env: ServiceEnv): Promise<void> {
  for (const rows of UNPREPARED_ROWS) {
    if (await drainsUnprepared(rows, lists, env)) return;
  }
  throw new Error(`not drained with ${lists} lists of ${UNPREPARED_ROWS.at(-1)} rows`);
}

async function drainsUnprepared(rows: number, lists: number, env: ServiceEnv): Promise<boolean> {
  await using source = new FakeSource(serveSnapshot(wideSample(rows, 30), { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url, env);
  await server.log.wait("poll.run");
  const readers = await idleConnections(server, lists);
  try {
    for (const reader of readers) await reader.sendRequest("/telemetry/ListMetrics");
    // Responses to later requests show that each thread has accepted the earlier ones.
    for (const socket of await idleConnections(server, 16)) socket.close();
    const stopped = server.stop("SIGTERM");
    const answers = await Promise.allSettled(readers.map((reader) => reader.read()));
    const end = await stopped;
    const drained = server.log.events.at(-1)?.drained === true;
    assertStopped(server, end, "SIGTERM", drained);
    for (const answer of answers) {
      if (answer.status === "rejected") {
        assertEquals(drained, false, `drained, but: ${answer.reason}`);
      } else {
        assertEquals([answer.value.status, answer.value.json().items.length], [200, rows]);
      }
    }
    return drained;
  } finally {
    for (const reader of readers) reader.close();
  }
}

async function stopWithoutSnapshot(): Promise<void> {
  await using source = new FakeSource(serve({ status: 500 }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.error");
  assertStopped(server, await server.stop(), "SIGTERM");
}

async function cutOffReader(env: ServiceEnv): Promise<void> {
  await using source = new FakeSource(serveSnapshot(WIDE, { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url, env);
  await server.log.wait("poll.run");
  using reader = await HttpSocket.connect(server.port);
  await reader.sendRequest("/telemetry/ListMetrics");
  await reader.readHead();
  assertStopped(server, await server.stop(), "SIGTERM", false);
}

Deno.test("metrics_server stops gracefully within 2 s", async (t) => {
  await together(t, {
    "on SIGTERM, with idle connections and a hanging poll": () => stopWhileIdle("SIGTERM", {}),
    "on SIGINT": () => stopWhileIdle("SIGINT", {}),
    "with two serving threads": () => stopWhileIdle("SIGTERM", { SERVE_THREADS: 2 }),
    "before the first snapshot": stopWithoutSnapshot,
  });
});

Deno.test("metrics_server finishes requests in progress when it stops", async (t) => {
  const two = { SERVE_THREADS: 2 };
  await inTurn(t, {
    "a long response": () => stopWhileSending({}),
    "a long response after repeated signals, as from Ctrl-C under a task runner": () =>
      stopWhileSending({}, "SIGTERM", "SIGINT"),
    "a long response with two threads": () => stopWhileSending(two),
    "a list not yet prepared": () => stopWhilePreparing(1, {}),
    "lists not yet prepared, with two threads": () => stopWhilePreparing(4, two),
  });
});

Deno.test("metrics_server cuts off a stalled reader when it stops, and logs drained=false", async (t) => {
  await together(t, {
    "one thread": () => cutOffReader({}),
    "two threads": () => cutOffReader({ SERVE_THREADS: 2 }),
  });
});

Deno.test("a second signal ends the service at once with the shell's exit code", async (t) => {
  const insist = async (second: StopSignal, code: number) => {
    await using source = new FakeSource(serveSnapshot(WIDE, { id: "boot1-1" }));
    await using server = await startMetricsServer(source.url);
    await server.log.wait("poll.run");
    using reader = await HttpSocket.connect(server.port);
    await reader.sendRequest("/telemetry/ListMetrics");
    await reader.readHead();
    const from_ms = performance.now();
    let ended_ms = NaN;
    server.ended.then(() => ended_ms = performance.now() - from_ms);
    server.signal("SIGTERM");
    await until("the service to end", () => {
      server.signal(second);
      return !Number.isNaN(ended_ms);
    });
    assertEquals(await server.ended, code);
    // Early repeats count as one stop: Ctrl-C may arrive more than once.
    assertGreater(ended_ms, STOP_REPEAT_MS - 1);
  };
  await together(t, {
    "SIGINT: 130": () => insist("SIGINT", 130),
    "SIGTERM: 143": () => insist("SIGTERM", 143),
  });
});

Deno.test("data_server stops gracefully within 2 s", async (t) => {
  await together(t, {
    "with idle connections, on either signal": async () => {
      for (const signal of ["SIGTERM", "SIGINT"] as const) {
        await using server = await startDataServer();
        const idle = await idleConnections(server, 20);
        try {
          assertStopped(server, await server.stop(signal), signal);
        } finally {
          for (const socket of idle) socket.close();
        }
      }
    },

    "answering delayed requests at once": async () => {
      await using server = await startDataServer({ FAULT_SLOW_MS: 60_000, SEED: 1 });
      const sockets = await Promise.all(Array.from({ length: 40 }, async () => {
        const socket = await HttpSocket.connect(server.port);
        await socket.sendRequest("/counters");
        return socket;
      }));
      try {
        await until("delayed requests", () => {
          const { length } = server.log.all("gen.inject_fault");
          return length > 0 && server.log.all("http.access").length + length === 40;
        });
        const stopped = server.stop();
        for (const socket of sockets) assertEquals((await socket.read()).status, 200);
        assertStopped(server, await stopped, "SIGTERM");
      } finally {
        for (const socket of sockets) socket.close();
      }
    },
  });
});
