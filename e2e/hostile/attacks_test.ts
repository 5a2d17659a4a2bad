/**
 * Attacks on metrics_server itself, without a front door.
 *
 *     good client, 200/s ─┐
 *                         ├─▶ metrics_server ◀─ 100,000 rows
 *     attackers ──────────┘
 */
import { assertLess } from "@std/assert";
import { startProcess } from "../../tools/processes/mod.ts";
import { readMemory } from "../../tools/verdict/mod.ts";
import {
  FakeSource,
  hasProgram,
  HttpSocket,
  inTurn,
  request,
  requestText,
  serveSnapshot,
  type Service,
  startMetricsServer,
  until,
  wideSample,
} from "../harness/mod.ts";
import { type Attack, p99Of, repeat, undisturbed } from "./testing/good_client.ts";

const VALUE = "/telemetry/GetMetric?switch_id=sw-001&metric=counter_1";
const LIST = "/telemetry/ListMetrics";

/** 100,000 rows, and a list of 9 MB. */
const SAMPLE = wideSample(100_000, 4);
const CLIENTS = 200;
const UNREAD_CLIENTS = 16;

/** Requests that cost as much as a good one: its share of the thread is left. */
const RATIO_MAX = 3;
/** Many clients' long answers, which Deno's threads send on the same cores. */
const LONG_RATIO_MAX = 10;
const WRK_S_MAX = 10;
const RSS_MB_MAX = 400;

/** The server's peak memory, of which its snapshots are a part. */
function assertBounded({ pid }: Service): void {
  assertLess(readMemory(pid).peak_bytes / 1e6, RSS_MB_MAX);
}

/** Clients that repeat a request and read its answer. */
function clients(server: Service, count: number, text: string): Attack {
  return async (running) => {
    for (let n = 0; n < count; n++) {
      let socket = await HttpSocket.connect(server.port);
      const work = async () => {
        await socket.send(text);
        if ((await socket.read()).headers.get("connection") !== "close") return;
        socket.close();
        socket = await HttpSocket.connect(server.port);
      };
      repeat(running, work, () => socket.close());
    }
  };
}

/** Clients of one address that request a long list and read nothing of it. */
function unreadLists(server: Service): Attack {
  return async (running) => {
    for (let n = 0; n < UNREAD_CLIENTS; n++) {
      const socket = running.use(await HttpSocket.connect(server.port));
      await socket.sendRequest(LIST);
    }
  };
}

/** Clients in a process of their own, which takes the time that the server leaves. */
function wrkClients(server: Service, count: number, path: string): Attack {
  const options = ["-t1", `-c${count}`, `-d${WRK_S_MAX}s`, "-H", "Accept-Encoding: gzip"];
  const command = ["nice", "-n", "19", "wrk", ...options, server.url + path];
  // deno-lint-ignore require-await
  return async (running) => {
    running.use(startProcess(command, { stdout: "null", kill_with_parent: true }));
  };
}

Deno.test("metrics_server under attack: a good client's p99 and the memory are bounded", async (t) => {
  await using source = new FakeSource(serveSnapshot(SAMPLE, { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url, { POLL_MS: 5_000, ACCESS_LOG: "off" });
  await server.log.wait("poll.run");
  await p99Of(server, VALUE); // compiles what serves it
  const held =
    (text: string, count: number, ratio_max = RATIO_MAX) => async (t: Deno.TestContext) => {
      await undisturbed(t, server, VALUE, ratio_max, clients(server, count, text));
      assertBounded(server);
    };
  await inTurn(t, {
    "62 KB of Accept-Encoding": held(
      requestText(`${LIST}?limit=1`, { headers: { "accept-encoding": "a,".repeat(31_000) } }),
      4,
    ),
    "200 clients whose prefixes match no row": held(
      requestText(`${LIST}?switch_id=nothing*,none*`, {}),
      CLIENTS,
    ),
    "a list takes the place of a reader that has stalled": async () => {
      await using running = new AsyncDisposableStack();
      await unreadLists(server)(running);
      const status = async () => (await request(server, LIST)).status;
      await until("a list refused", async () => await status() === 503);
      await until("a list instead of a stalled one", async () => await status() === 200);
      assertBounded(server);
    },
  });
  await t.step({
    name: "200 clients that request the whole list as gzip (needs wrk)",
    ignore: !hasProgram("which", "wrk"),
    async fn(t) {
      await undisturbed(t, server, VALUE, LONG_RATIO_MAX, wrkClients(server, CLIENTS, LIST));
      assertBounded(server);
    },
  });
});
