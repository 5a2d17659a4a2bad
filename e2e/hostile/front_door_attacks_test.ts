/**
 * Attacks on the front door, with metrics_server behind it. Needs haproxy.
 *
 *     good client, 200/s ─┐
 *                         ├─▶ HAProxy ─▶ metrics_server
 *     attackers ──────────┘
 */
import { assertEquals, assertLess } from "@std/assert";
import { joinBytes } from "../../platform/mod.ts";
import { countSockets, readMemory } from "../../tools/verdict/mod.ts";
import {
  FakeSource,
  HttpSocket,
  inTurn,
  request,
  requestText,
  serveSnapshot,
  startMetricsServer,
  until,
  WEBSOCKET_HANDSHAKE,
  wideSample,
  within,
} from "../harness/mod.ts";
import { sendEndlessMessage } from "./testing/endless_message.ts";
import { FrontDoor, HAS_HAPROXY } from "./testing/front_door.ts";
import { p99Of, repeat, undisturbed } from "./testing/good_client.ts";
import { get, INITIAL_WINDOW_SIZE, PREFACE, settings } from "./testing/http2.ts";

const VALUE = "/telemetry/GetMetric?switch_id=sw-001&metric=counter_1";
const LIST = "/telemetry/ListMetrics";
const STREAM = "/telemetry/stream";

/** A list of 3.6 MB: longer than what the sockets and HAProxy hold for a client. */
const WIDE = { rows: 5_000, columns: 30 };

/** The good client's p99 under attack, to its p99 before in the same pass. */
const RATIO_MAX = 2;
const RSS_MB_MAX = 300;
/** Lists that HAProxy requests at a time, as configured. */
const LISTS_MAX = 12;
/** For values, lists and streams, as configured, with the service's own ones. */
const SOCKETS_MAX = 64 + LISTS_MAX + 500 + 24;

/** Attackers at work, until disposed. */
type Attack = (door: FrontDoor, running: AsyncDisposableStack) => Promise<void>;

const WEBSOCKET = requestText(STREAM, { headers: WEBSOCKET_HANDSHAKE });

const SETTINGS_CHUNK = joinBytes(Array(1_000).fill(settings(INITIAL_WINDOW_SIZE, 65_535)));

const UNREAD_LISTS = "16 clients that request a long list and read nothing";

const ATTACKS: Record<string, Attack> = {
  // deno-lint-ignore require-await
  "WebSocket messages without end": async (door, running) => {
    for (let n = 0; n < 4; n++) {
      repeat(running, async () => {
        using socket = await door.connect(`10.1.0.${n}`);
        await socket.send(WEBSOCKET);
        assertEquals((await socket.readHead()).status, 404);
        await sendEndlessMessage(socket);
      });
    }
  },
  "200 HTTP/2 streams on each of 10 connections, with a window of 0": async (door, running) => {
    const requests = Array.from({ length: 200 }, (_, n) => get(1 + 2 * n, LIST));
    const all = joinBytes([PREFACE, settings(INITIAL_WINDOW_SIZE, 0), ...requests]);
    for (let n = 0; n < 10; n++) {
      const socket = running.use(await door.connect(`10.2.0.${n}`));
      await socket.send(all);
    }
  },
  "HTTP/2 settings without a pause": async (door, running) => {
    for (let n = 0; n < 10; n++) {
      const socket = running.use(await door.connect(`10.3.0.${n}`));
      await socket.send(PREFACE);
      const buffer = new Uint8Array(64 * 1024);
      repeat(running, async () => {
        await socket.send(SETTINGS_CHUNK);
        await socket.conn.read(buffer); // the acknowledgements
      });
    }
  },
  [UNREAD_LISTS]: async (door, running) => {
    for (let n = 0; n < 16; n++) {
      const socket = running.use(await door.connect(`10.4.0.${n}`));
      await socket.sendRequest(LIST);
    }
  },
  "1,000 idle connections of 20 clients": async (door, running) => {
    for (let n = 0; n < 1_000; n++) running.use(await door.connect(`10.6.0.${n % 20}`));
  },
};

Deno.test({
  name: "the front door under attack: a good client's p99 at most doubles, memory is bounded",
  ignore: !HAS_HAPROXY,
  async fn(t) {
    await using source = new FakeSource(
      serveSnapshot(wideSample(WIDE.rows, WIDE.columns), { id: "boot1-1" }),
    );
    await using server = await startMetricsServer(source.url, { POLL_MS: 5_000 });
    await server.log.wait("poll.run");
    await using door = await FrontDoor.start(server.port, {
      CLIENT_HEAD_TIMEOUT: "2s",
      CLIENT_READ_TIMEOUT: "2s",
      CLIENT_RATE_MAX: "100000",
    });
    await p99Of(door, VALUE); // compiles what serves it

    await inTurn(
      t,
      Object.fromEntries(
        Object.entries(ATTACKS).map(([name, attack]) => [
          name,
          async (t: Deno.TestContext) => {
            await undisturbed(t, door, VALUE, RATIO_MAX, (running) => attack(door, running), () => {
              assertLess(countSockets(server.pid)!, SOCKETS_MAX);
            });
            assertLess(readMemory(server.pid).peak_bytes / 1e6, RSS_MB_MAX);
          },
        ]),
      ),
    );

    await t.step("readers that take nothing are cut, and others get their lists", async () => {
      await using running = new AsyncDisposableStack();
      const cut = () =>
        door.log.filter((line) => line.includes(" lists/m1 ") && line.includes(" cD-- "));
      const before = cut().length;
      await ATTACKS[UNREAD_LISTS](door, running);
      await until("the cuts", () => cut().length - before >= LISTS_MAX);
      assertEquals((await request(door, LIST)).status, 200);
    });
    await t.step("idle connections are closed", async () => {
      const idle: HttpSocket[] = [];
      for (let n = 0; n < 100; n++) idle.push(await door.connect(`10.6.1.${n % 20}`));
      await within("the ends", Promise.all(idle.map((socket) => socket.rest())));
      for (const socket of idle) socket.close();
    });
  },
});
