/** `/telemetry/stream` of the running service: events, and readers that resume, stall or leave. */
import { assert, assertEquals, assertLess, assertMatch } from "@std/assert";
import {
  type AnswerHead,
  fabricSample,
  FakeSource,
  HAS_PROC,
  HttpSocket,
  processFigures,
  request,
  serveSnapshot,
  type Service,
  type ServiceEnv,
  startMetricsServer,
  together,
  until,
  WEBSOCKET_HANDSHAKE,
  wideSample,
  within,
} from "./harness/mod.ts";

const STREAM = "/telemetry/stream";

/** One event. */
interface Sent {
  readonly id: string | null;
  readonly event: string;
  // deno-lint-ignore no-explicit-any -- the tests check the shape
  readonly data: any;
}

/** A client of server-sent events. */
class EventStream implements AsyncDisposable {
  #text = "";
  readonly #reader: ReadableStreamDefaultReader<string>;

  private constructor(readonly response: Response) {
    this.#reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  }

  static async open(server: Service, query = "", last_id?: string): Promise<EventStream> {
    const headers = new Headers(last_id === undefined ? {} : { "last-event-id": last_id });
    const response = await fetch(`${server.url}${STREAM}${query}`, { headers });
    assertEquals([response.status, response.headers.get("content-type")], [
      200,
      "text/event-stream",
    ]);
    return new EventStream(response);
  }

  /** The next event; null at the end of the stream. */
  next(): Promise<Sent | null> {
    return within("an event", this.#next());
  }

  async #next(): Promise<Sent | null> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end < 0) {
        const { done, value } = await this.#reader.read();
        if (done) return null;
        this.#text += value;
        continue;
      }
      const lines = this.#text.slice(0, end).split("\n");
      this.#text = this.#text.slice(end + 2);
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? null;
      const event = field("event");
      if (event !== null) return { id: field("id"), event, data: JSON.parse(field("data")!) };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel().catch(() => {});
  }
}

async function followed(env: ServiceEnv, resumes: boolean): Promise<void> {
  await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url, env);
  await server.log.wait("poll.run");
  await using all = await EventStream.open(server);
  await using one = await EventStream.open(server, "?switch_id=sw-001&metric=bandwidth_gbps");
  const first = (await all.next())!;
  assertEquals([first.id, first.event, first.data.items.length], ["boot1-1", "snapshot", 3]);
  const { data } = (await one.next())!;
  assertEquals([data.fields, data.items], [["bandwidth_gbps"], [{
    switch_id: "sw-001",
    bandwidth_gbps: 101,
  }]]);

  source.behavior = serveSnapshot(fabricSample(3, 8), { id: "boot1-2" });
  const change = (await all.next())!;
  assertEquals([change.id, change.event, change.data.previous_id], [
    "boot1-2",
    "change",
    "boot1-1",
  ]);
  assertEquals(change.data.items.length, 3);
  assertEquals((await one.next())!.data.items, [{ switch_id: "sw-001", bandwidth_gbps: 102 }]);

  await using back = await EventStream.open(server, "", "boot1-1");
  const resumed = (await back.next())!;
  assertEquals([resumed.id, resumed.data.items.length], ["boot1-2", 3]);
  if (resumes) assertEquals(resumed, change);
  await using late = await EventStream.open(server, "", "boot0-9");
  assertEquals((await late.next())!.event, "snapshot");
}

/** Events of 4 MB each: more than the kernel and a backlog buffer for a stalled reader. */
const EVENTS_UNREAD_MAX = 24;

const DROPPED = 'stream_readers_dropped_total{reason="slow_reader"}';

/** Two readers stall after the head; a fast one gets every event until both are dropped. */
async function stalled(t: Deno.TestContext): Promise<void> {
  // Every cell changes.
  const sample = (n: number) => wideSample(5_000, 30).replaceAll(",1", `,${n % 9 + 1}`);
  await using source = new FakeSource(serveSnapshot(sample(0), { id: "boot1-0" }));
  await using server = await startMetricsServer(source.url, { STREAM_WEBSOCKET: "on" });
  await server.log.wait("poll.run");
  using events = await HttpSocket.connect(server.port);
  await events.sendRequest(STREAM);
  const head = await events.readHead();
  using socket = await HttpSocket.connect(server.port);
  await socket.sendRequest(STREAM, { headers: WEBSOCKET_HANDSHAKE });
  assertEquals((await socket.readHead()).status, 101);
  await using quick = await EventStream.open(server, "?switch_id=*");
  await quick.next();
  let sent = 0;
  while ((await streamSeries(server))[DROPPED] < 2) {
    assertLess(sent++, EVENTS_UNREAD_MAX);
    source.behavior = serveSnapshot(sample(sent), { id: `boot1-${sent}` });
    assertEquals((await quick.next())!.id, `boot1-${sent}`);
  }
  await together(t, {
    "server-sent events end with a reason": () => endsWithReason(server, events, head, sent),
    "a WebSocket that cannot be closed is released in time": () => released(server),
  });
}

async function endsWithReason(
  server: Service,
  reader: HttpSocket,
  head: AnswerHead,
  sent: number,
): Promise<void> {
  const body = await within("the stream to end", reader.readBody(head));
  assertMatch(
    new TextDecoder().decode(body.slice(-100)),
    /event: end\ndata: \{"reason":"slow reader: [^"]+"\}\n\n$/,
  );
  const series = await until("the reader to be gone", async () => {
    const series = await streamSeries(server);
    return series['streams_open{transport="sse"}'] === 1 && series;
  });
  assertEquals(series['streams_opened_total{transport="sse"}'], 2);
  assertEquals(series['stream_readers_dropped_total{reason="too_wide"}'], 0);
  // Only the fast reader got all events.
  assertLess(sent, series['stream_events_sent_total{transport="sse"}']);
  assertLess(sent * 500_000, series['stream_sent_bytes_total{transport="sse"}']);
}

async function released(server: Service): Promise<void> {
  await until("the reader with the open socket to be gone", async () => {
    return (await streamSeries(server))['streams_open{transport="websocket"}'] === 0;
  });
}

/** Stream series of /metrics, keyed without the prefix `fabric_telemetry_`. */
async function streamSeries(server: Service): Promise<Record<string, number>> {
  const { text } = await request(server, "/metrics");
  return Object.fromEntries(
    [...text.matchAll(/^fabric_telemetry_(streams?_[^ ]+) (.+)$/gm)]
      .map(([, series, value]) => [series, Number(value)]),
  );
}

async function stopped(env: ServiceEnv): Promise<void> {
  await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url, env);
  await server.log.wait("poll.run");
  await using stream = await EventStream.open(server);
  await stream.next();
  const end = server.stop();
  assertEquals(await stream.next(), { id: null, event: "end", data: { reason: "stopping" } });
  assertEquals(await stream.next(), null);
  assertEquals((await end).code, 0);
  assertEquals(server.log.events.at(-1)!.drained, true);
}

async function overSocket(): Promise<void> {
  await using source = new FakeSource(serveSnapshot(fabricSample(3), { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url, { STREAM_WEBSOCKET: "on" });
  await server.log.wait("poll.run");
  const socket = new WebSocket(`ws://127.0.0.1:${server.port}${STREAM}?switch_id=sw-001`);
  // deno-lint-ignore no-explicit-any -- the test checks the shape
  const messages: any[] = [];
  socket.onmessage = ({ data }) => messages.push(JSON.parse(data));
  const closed = new Promise<CloseEvent>((resolve) => socket.onclose = resolve);
  await until("the snapshot", () => messages.length === 1);
  source.behavior = serveSnapshot(fabricSample(3, 8), { id: "boot1-2" });
  await until("the change", () => messages.length === 2);
  assertEquals(messages.map(({ event, id }) => [event, id]), [
    ["snapshot", "boot1-1"],
    ["change", "boot1-2"],
  ]);
  assertEquals(messages[1].data.items[0].bandwidth_gbps, 102);
  const series = await streamSeries(server);
  assertEquals(series['streams_open{transport="websocket"}'], 1);
  assertEquals(series['stream_events_sent_total{transport="websocket"}'], 2);
  const end = server.stop();
  const { code } = await within("the socket to close", closed);
  assertEquals([code, (await end).code], [1001, 0]);
}

Deno.test("a stream sends the snapshot, then changes; a reader resumes from its last event", async (t) => {
  await together(t, {
    "one thread": () => followed({}, true),
    // The other thread may have had no stream, and so no change to send.
    "two threads": () => followed({ SERVE_THREADS: 2 }, false),
    "over a WebSocket": overSocket,
  });
});

Deno.test("stalled stream readers are dropped, others continue", stalled);

Deno.test("a stop ends every stream with a reason and counts as drained", async (t) => {
  await together(t, {
    "one thread": () => stopped({}),
    "two threads": () => stopped({ SERVE_THREADS: 2 }),
  });
});

/** Idle streams, and the memory limit of each. */
const IDLE_STREAMS = 1_000;
const IDLE_STREAM_BYTES_MAX = 150_000;

Deno.test({
  name: "idle streams take little memory and are released when they close",
  ignore: !HAS_PROC,
  async fn() {
    await using source = new FakeSource(serveSnapshot(fabricSample(64), { id: "boot1-1" }));
    await using server = await startMetricsServer(source.url, { LOG_LEVEL: "INFO" });
    await server.log.wait("poll.run");
    const before = (await processFigures(server.pid)).rss_mb;
    const sockets: HttpSocket[] = [];
    try {
      for (let n = 0; n < IDLE_STREAMS; n++) {
        const socket = await HttpSocket.connect(server.port);
        sockets.push(socket);
        await socket.sendRequest(STREAM);
        await socket.readHead();
      }
      const grown = ((await processFigures(server.pid)).rss_mb - before) * 2 ** 20;
      assertLess(grown / IDLE_STREAMS, IDLE_STREAM_BYTES_MAX);
      source.behavior = serveSnapshot(fabricSample(64, 8), { id: "boot1-2" });
      await server.log.wait("poll.run", ({ snapshot_id }) => snapshot_id === "boot1-2");
      assert((await request(server, "/healthz")).status === 200);
    } finally {
      for (const socket of sockets) socket.close();
    }
    const { code } = await server.stop();
    assertEquals([code, server.log.events.at(-1)!.drained], [0, true]);
  },
});
