/** What HAProxy lets through to metrics_server, and what it refuses. Needs haproxy. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  certificateAuthority,
  freePort,
  HAS_OPENSSL,
  HttpSocket,
  inTurn,
  testConfiguration,
  until,
  WEBSOCKET_HANDSHAKE,
  within,
} from "../harness/mod.ts";
import { FRONT_DOOR_CFG, FrontDoor, HAS_HAPROXY } from "./testing/front_door.ts";

const VALUE = "/telemetry/GetMetric?switch_id=sw-001&metric=latency_us";
const LIST = "/telemetry/ListMetrics";

/** Connections to metrics_server for values, as configured. */
const VALUES_MAX = 64;

/**
 * A server that answers with the headers it received. It holds `?hold`, and the end of `?silent`,
 * until they are released.
 */
class Echo implements AsyncDisposable {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  #released = Promise.withResolvers<void>();
  in_progress = 0;
  in_progress_max = 0;

  constructor() {
    const options = { hostname: "127.0.0.1", port: freePort(), onListen() {} };
    this.#server = Deno.serve(options, (request) => this.#answer(request));
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /** Answers what is held. */
  async release(): Promise<void> {
    this.#released.resolve();
    await until("the held requests to end", () => this.in_progress === 0);
    this.#released = Promise.withResolvers();
  }

  async #answer({ url, headers }: Request): Promise<Response> {
    const { searchParams } = new URL(url);
    if (searchParams.has("hold")) await this.#hold();
    if (!searchParams.has("silent")) return Response.json(Object.fromEntries(headers));
    const [start, end] = [":\n", "data: end\n\n"].map((text) => new TextEncoder().encode(text));
    const body = ReadableStream.from([start, this.#hold().then(() => end)]);
    return new Response(body, { headers: { "content-type": "text/event-stream" } });
  }

  async #hold(): Promise<void> {
    this.in_progress_max = Math.max(this.in_progress_max, ++this.in_progress);
    await this.#released.promise;
    this.in_progress--;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
    await this.#server.shutdown();
  }
}

/** Sends the same request on connections of their own; reads nothing. */
async function open(door: FrontDoor, address: string, target: string, connections: number) {
  const sockets = new DisposableStack();
  const opened = [];
  for (let n = 0; n < connections; n++) {
    const socket = sockets.use(await door.connect(address));
    await socket.sendRequest(target);
    opened.push(socket);
  }
  return { opened, [Symbol.dispose]: () => sockets.dispose() };
}

async function ask(door: FrontDoor, address: string, target: string, options = {}) {
  using socket = await door.connect(address);
  await socket.sendRequest(target, options);
  return await within(`the answer to ${target}`, socket.read());
}

testConfiguration(
  "the front door",
  FRONT_DOOR_CFG,
  [{}, { FRONT_DOOR_CERT: "", FRONT_DOOR_PROXIED: "127.0.0.1:9443", CLIENT_LISTS_MAX: "1" }],
  !HAS_HAPROXY,
);

Deno.test("the front door requests as many lists at a time as metrics_server sends to it", async () => {
  const limits = await Deno.readTextFile(new URL("../../docs/limits.md", import.meta.url));
  const [, lists_max] = /`LONG_BODIES_CLIENT_MAX` \| (\d+) /.exec(limits)!;
  const [, backend] = (await Deno.readTextFile(FRONT_DOOR_CFG)).split("\nbackend lists\n");
  assertEquals(/ maxconn (\d+)\n/.exec(backend)![1], lists_max);
});

Deno.test({
  name: "the front door: what reaches metrics_server, and what a client may take",
  ignore: !HAS_HAPROXY,
  async fn(t) {
    await using echo = new Echo();
    await using door = await FrontDoor.start(echo.port, {
      CLIENT_CONNECTIONS_MAX: "45",
      CLIENT_RATE_MAX: "200",
      CLIENT_REQUESTS_MAX: "40",
      CLIENT_LISTS_MAX: "3",
      CLIENT_STREAMS_MAX: "3",
      CLIENT_HEAD_TIMEOUT: "1s",
      CLIENT_READ_TIMEOUT: "1s",
      CLIENT_IDLE_TIMEOUT: "1500ms",
    });
    const refused = async (status: number, detail: RegExp, target: string, options = {}) => {
      const answer = await ask(door, "10.0.0.1", target, options);
      assertEquals(answer.status, status);
      assertEquals(answer.headers.get("content-type"), "application/problem+json");
      assertEquals(answer.json().status, status);
      assertMatch(answer.json().detail, detail);
      return answer;
    };

    await inTurn(t, {
      "Host arrives as it was; the client's address replaces what the client claims": async () => {
        const headers = {
          host: "telemetry.example",
          "x-forwarded-for": "127.0.0.1",
          "x-forwarded-host": "elsewhere.example",
          forwarded: "for=127.0.0.1",
          connection: "x-hop",
          "x-hop": "1",
          authorization: "Bearer t",
        };
        const answer = await ask(door, "10.0.0.1", VALUE, { headers });
        const { host, authorization, ...others } = answer.json();
        assertEquals([host, authorization], ["telemetry.example", "Bearer t"]);
        assertEquals(others["x-forwarded-for"], "10.0.0.1");
        assertEquals(others["x-forwarded-proto"], "http");
        assertEquals([others.forwarded, others["x-forwarded-host"]], [undefined, undefined]);
      },
      "bodies, writing methods, /metrics and WebSockets are refused": async () => {
        await refused(405, /Use GET/, VALUE, { method: "POST" });
        await refused(413, /leave it out/, VALUE, { body: "x" });
        await refused(404, /scrape metrics_server/, "/metrics/fabric");
        await refused(404, /server-sent events/, "/telemetry/stream", {
          headers: WEBSOCKET_HANDSHAKE,
        });
      },
      "a request head of more than 15 KB is refused": async () => {
        const headers = { "accept-encoding": "a,".repeat(8_000) };
        assertEquals((await ask(door, "10.0.0.1", VALUE, { headers })).status, 400);
      },
      "a client over its rate gets 429 and Retry-After, and another client 200": async () => {
        using socket = await door.connect("10.0.0.2");
        const statuses: number[] = [];
        for (let n = 0; n <= 200; n++) {
          await socket.sendRequest(VALUE);
          statuses.push((await within("an answer", socket.read())).status);
        }
        assertEquals([statuses.indexOf(429), statuses.length], [200, 201]);
        await socket.sendRequest(VALUE);
        const { headers } = await socket.read();
        assertEquals(headers.get("retry-after"), "10");
        assertEquals((await ask(door, "10.0.0.3", VALUE)).status, 200);
      },
      "lists and streams of one client are limited": async () => {
        for (const path of [LIST, "/telemetry/stream"]) {
          const target = `${path}?hold`;
          using held = await open(door, "10.0.0.4", target, 3);
          await until("the requests to arrive", () => echo.in_progress === 3);
          const { status } = await ask(door, "10.0.0.4", target);
          assertEquals([status, held.opened.length, echo.in_progress], [429, 3, 3]);
          await echo.release();
        }
      },
      "requests in progress of one client are limited": async () => {
        using held = await open(door, "10.0.0.8", `${VALUE}&hold`, 40);
        await until("the requests to arrive", () => echo.in_progress === held.opened.length);
        const { status, headers, text } = await ask(door, "10.0.0.8", VALUE);
        assertEquals([status, headers.get("retry-after"), text], [429, "1", ""]);
        await echo.release();
      },
      "connections of one client are limited": async () => {
        // With a request in progress a connection is known to be counted, and is not cut as idle.
        using _values = await open(door, "10.0.0.5", `${VALUE}&hold`, 40);
        using _lists = await open(door, "10.0.0.5", `${LIST}?hold`, 3);
        using _streams = await open(door, "10.0.0.5", "/telemetry/stream?hold", 2);
        await until("the requests to arrive", () => echo.in_progress === 45);
        using one_more = await door.connect("10.0.0.5");
        await one_more.sendRequest(VALUE).catch(() => {});
        const rest = await within("the end", one_more.rest().catch(() => new Uint8Array(0)));
        assertEquals(rest.length, 0);
        await echo.release();
      },
      "a head that is not complete in time is cut, however slowly it grows": async () => {
        using socket = await door.connect("10.0.0.6");
        const ended = socket.rest().then((bytes) => new TextDecoder().decode(bytes));
        await socket.send("GET /healthz HTTP/1.1\r\nx-slow: ");
        let is_cut = false;
        void ended.finally(() => is_cut = true);
        await until("the cut", () => is_cut || socket.send("a").then(() => false, () => true), {
          look_every_ms: 200,
        });
        assertMatch(await ended, /^HTTP\/1\.1 408 |^$/);
      },
      "an idle connection is closed, and a silent stream stays open": async () => {
        using stream = await door.connect("10.0.0.7");
        await stream.sendRequest("/telemetry/stream?silent");
        const head = await stream.readHead();
        using socket = await door.connect("10.0.0.7");
        await socket.sendRequest(VALUE);
        assertEquals((await socket.read()).status, 200);
        assertEquals((await within("the end", socket.rest())).length, 0);
        const body = stream.readBody(head);
        await echo.release();
        assertMatch(new TextDecoder().decode(await within("the event", body)), /data: end/);
      },
    });
    const reasons = door.log.map((line) => line.split(" ")[9]);
    assert(reasons.includes("PR--"), door.log.join("\n"));
  },
});

Deno.test({
  name: `metrics_server never sees more than ${VALUES_MAX} connections for values at a time`,
  ignore: !HAS_HAPROXY,
  async fn() {
    await using echo = new Echo();
    await using door = await FrontDoor.start(echo.port);
    using held = new DisposableStack();
    const sockets: HttpSocket[] = [];
    for (let client = 0; client < 4; client++) {
      const { opened } = held.use(await open(door, `10.0.1.${client}`, `${VALUE}&hold`, 50));
      sockets.push(...opened);
    }
    await until("the first requests to arrive", () => echo.in_progress === VALUES_MAX);
    const statuses: number[] = [];
    const all = sockets.map(async (socket) => statuses.push((await socket.read()).status));
    // `timeout queue` refuses the others.
    await until("the refusals", () => statuses.length === sockets.length - VALUES_MAX);
    assertEquals(new Set(statuses), new Set([503]));
    await echo.release();
    await within("the answers", Promise.all(all));
    const served = statuses.filter((status) => status === 200).length;
    assertEquals([served, echo.in_progress_max], [VALUES_MAX, VALUES_MAX]);
  },
});

Deno.test({
  name: "the front door fails no request while a new process takes over",
  ignore: !HAS_HAPROXY,
  async fn() {
    await using echo = new Echo();
    await using door = await FrontDoor.start(echo.port);
    const statuses: number[] = [];
    let is_over = false;
    const client = (async () => {
      while (!is_over) {
        const answer = await fetch(`http://127.0.0.1:${door.port}${VALUE}`);
        statuses.push(answer.status);
        await answer.body!.cancel();
      }
    })();
    await until("the first answers", () => statuses.length > 10);
    await door.reload();
    const before = statuses.length;
    await until("answers of the new process", () => statuses.length > before + 10);
    is_over = true;
    await client;
    assertEquals(new Set(statuses), new Set([200]));
  },
});

Deno.test({
  name: "the front door speaks HTTP/2 over TLS, and announces it to browsers (needs openssl)",
  ignore: !HAS_HAPROXY || !HAS_OPENSSL,
  async fn() {
    const folder = await Deno.makeTempDir();
    const authority = await certificateAuthority(folder);
    const { cert, key } = await authority.issue("site");
    const both = `${folder}/site.pem`;
    await Deno.writeTextFile(both, await Deno.readTextFile(cert) + await Deno.readTextFile(key));
    await using echo = new Echo();
    await using door = await FrontDoor.start(echo.port, { FRONT_DOOR_CERT: both });
    const ca = await Deno.readTextFile(authority.cert);
    using client = Deno.createHttpClient({ caCerts: [ca], http1: false, http2: true });
    const answer = await fetch(`https://localhost:${door.port}/stats`, { client });
    assertEquals(answer.headers.get("strict-transport-security"), "max-age=31536000");
    const received = await answer.json();
    assertEquals(received["x-forwarded-proto"], "https");
    assertEquals(received.host, `localhost:${door.port}`);
    await Deno.remove(folder, { recursive: true });
  },
});
