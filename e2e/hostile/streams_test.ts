/**
 * Attacks on `/telemetry/stream` without a front door.
 *
 *     good client, 200/s ─┐
 *                         ├─▶ metrics_server ◀─ a source whose every value changes
 *     attackers ──────────┘
 */
import { assertEquals, assertLess } from "@std/assert";
import { readMemory, until } from "../../tools/verdict/mod.ts";
import {
  assertProblem,
  type Behavior,
  fabricSample,
  FakeSource,
  HttpSocket,
  inTurn,
  request,
  type RequestOptions,
  serve,
  type Service,
  startMetricsServer,
  WEBSOCKET_HANDSHAKE,
} from "../harness/mod.ts";
import { sendEndlessMessage } from "./testing/endless_message.ts";
import { type Attack, p99Of, repeat, undisturbed } from "./testing/good_client.ts";

const VALUE = "/telemetry/GetMetric?switch_id=sw-001&metric=latency_us";
const STREAM = "/telemetry/stream";

/** Switches while the p99 is measured: events of 75 KB. */
const SWITCHES = 1_000;
/** Switches while memory is measured: 100 unsent events of 375 KB are over the bound. */
const SWITCHES_LARGE = 5_000;
const POLL_MS = 100;
/** As many as WebSockets may be open. */
const READERS = 100;

/** The good client's p99 under attack, to its p99 before in the same pass. */
const RATIO_MAX = 2;
/** Measured: 74 to 100 for WebSockets, 46 to 68 for server-sent events. */
const ADDED_MB_MAX = 130;

const HANDSHAKE: RequestOptions = { headers: WEBSOCKET_HANDSHAKE };

Deno.test("WebSocket messages without end: refused, with bounded memory and p99", async (t) => {
  await using source = new FakeSource(changing(SWITCHES));
  await using server = await start(source);
  await bounded(server, async () => {
    await undisturbed(t, server, VALUE, RATIO_MAX, endlessMessages(server));
    assertProblem(
      await request(server, STREAM, HANDSHAKE),
      501,
      "websocket-off",
      /STREAM_WEBSOCKET/,
    );
  });
});

Deno.test("100 readers of a stream that read nothing: bounded memory and p99", async (t) => {
  await using source = new FakeSource(changing(SWITCHES));
  await using server = await start(source, { STREAM_WEBSOCKET: "on" });
  await inTurn(t, {
    "server-sent events": (t) => unread(t, server, source, {}, 200),
    "WebSockets, counted until closed": (t) => unread(t, server, source, HANDSHAKE, 101),
  });
});

/** Opens streams and reads nothing of them, until each has been dropped for it. */
async function unread(
  t: Deno.TestContext,
  server: Service,
  source: FakeSource,
  options: RequestOptions,
  status: number,
): Promise<void> {
  const open: Attack = async (running) => {
    for (let n = 0; n < READERS; n++) running.use(await openStream(server, options, status));
  };
  source.behavior = changing(SWITCHES);
  await bounded(server, async () => {
    await undisturbed(t, server, VALUE, RATIO_MAX, open);
    const dropped = await droppedOf(server);
    await using running = new AsyncDisposableStack();
    source.behavior = changing(SWITCHES_LARGE);
    await open(running);
    await until("the drops", async () => await droppedOf(server) >= dropped + READERS);
    if (status === 101) await assertFull(server);
  });
}

/** A dropped WebSocket keeps its place until its connection has ended. */
async function assertFull(server: Service): Promise<void> {
  const answer = await request(server, STREAM, HANDSHAKE);
  assertProblem(answer, 503, "too-many-streams", /WebSockets/);
}

async function bounded(server: Service, work: () => Promise<void>): Promise<void> {
  const before = readMemory(server.pid);
  await work();
  const after = readMemory(server.pid);
  assertLess((after.peak_bytes - before.peak_bytes) / 1e6, ADDED_MB_MAX);
}

function endlessMessages(server: Service): Attack {
  // deno-lint-ignore require-await
  return async (running) => {
    for (let n = 0; n < 4; n++) {
      repeat(running, async () => {
        using socket = await HttpSocket.connect(server.port);
        await socket.sendRequest(STREAM, HANDSHAKE);
        assertEquals((await socket.readHead()).status, 501);
        await sendEndlessMessage(socket);
      });
    }
  };
}

/** Waits for a place: the server may not have seen the ends of earlier connections. */
async function openStream(
  server: Service,
  options: RequestOptions,
  status: number,
): Promise<HttpSocket> {
  return await until("a stream to open", async () => {
    const socket = await HttpSocket.connect(server.port);
    await socket.sendRequest(STREAM, options);
    if ((await socket.readHead()).status === status) return socket;
    socket.close();
    return undefined;
  });
}

async function droppedOf(server: Service): Promise<number> {
  const { text } = await request(server, "/metrics");
  return Number(/stream_readers_dropped_total\{reason="slow_reader"\} (\d+)/.exec(text)![1]);
}

async function start(source: FakeSource, env: Record<string, string> = {}): Promise<Service> {
  const server = await startMetricsServer(source.url, { POLL_MS, ...env });
  await server.log.wait("poll.run");
  await p99Of(server, VALUE); // compiles what serves it
  return server;
}

/** Every value changes with every poll. */
function changing(switches: number): Behavior {
  let seed = 0;
  return { act: (...args) => serve({ body: fabricSample(switches, seed++) }).act(...args) };
}
