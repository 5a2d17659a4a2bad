/** The embedded server in this process: limits, leaks, counters. */
import { assert, assertEquals } from "@std/assert";
import { freePort } from "../processes/mod.ts";
import { pause, WAIT_MS_MAX } from "../verdict/mod.ts";
import {
  API_BODY_BYTES_MAX,
  CALL_MS_MAX,
  DIAL_MS_MAX,
  PROXIES_MAX,
  TOXICS_PER_PROXY_MAX,
} from "./limits.ts";
import { ToxiproxyClient } from "./client.ts";
import { startServer } from "./server.ts";
import { eventually, TestClient } from "./testing/client.ts";
import { startUpstream } from "./testing/upstream.ts";

async function start(connections_max?: number) {
  const api_at = { hostname: "127.0.0.1", port: 0 };
  const server = await startServer({ ...api_at, seed: 1, metrics: true, connections_max });
  return {
    server,
    api: new ToxiproxyClient(server.url),
    [Symbol.asyncDispose]: () => server.close(WAIT_MS_MAX),
  };
}

const UPSTREAM = "127.0.0.1:1";

Deno.test("the server releases every connection, however it ended", async () => {
  await using upstream = startUpstream();
  await using on = await start();
  const { listen } = await on.api.create({
    name: "p",
    listen: "127.0.0.1:0",
    upstream: upstream.address,
  });
  const proxy = on.server.proxies.get("p")!;
  const toxics = ["slow_close", "limit_data", "timeout", "reset_peer"] as const;
  for (const type of [null, ...toxics]) {
    const attributes: Record<string, number> = type === "timeout" ? { timeout: 5 } : {};
    if (type !== null) await on.api.addToxic("p", { type, attributes });
    for (let batch = 0; batch < 4; batch++) {
      const clients = await Promise.all(
        Array.from({ length: 10 }, () => TestClient.connect(listen)),
      );
      await Promise.all(clients.map((client) => client.send(5).catch(() => {})));
      await pause(10);
      for (const client of clients) client[Symbol.dispose]();
    }
    assert(await eventually(() => proxy.hits.connections_open === 0), `${type}: still open`);
    if (type !== null) await on.api.removeToxic("p", `${type}_downstream`);
  }
  assertEquals(proxy.hits.connections, 200);
});

Deno.test("a client that leaves during the dial of the upstream leaks nothing", async () => {
  await using on = await start();
  // Reserved for documentation (RFC 5737): no host answers there.
  const { listen } = await on.api.create({
    name: "p",
    listen: "127.0.0.1:0",
    upstream: "192.0.2.1:9",
  });
  const proxy = on.server.proxies.get("p")!;
  {
    using _client = await TestClient.connect(listen);
    await pause(20);
  }
  await on.api.patch("p", { enabled: false });
  assert(await eventually(() => proxy.hits.connections_failed === 1), "not given up");
  assertEquals(proxy.hits.connections_open, 0);
});

const CONNECT_ALL = `
  const [port, clients] = Deno.args.map(Number);
  const connect = () => Deno.connect({ hostname: "127.0.0.1", port });
  const all = Promise.all(Array.from({ length: clients }, connect));
  const late = new Promise((resolve) => setTimeout(resolve, 10_000, "late"));
  console.log(await Promise.race([all.then(() => "connected"), late]));
  Deno.exit();`;

/** Another process connects and leaves; this thread accepts nobody meanwhile. */
function connectAndLeave(listen: string, clients: number): string {
  const args = ["eval", CONNECT_ALL, listen.split(":")[1], `${clients}`];
  const { stdout } = new Deno.Command(Deno.execPath(), { args }).outputSync();
  return new TextDecoder().decode(stdout);
}

function clientsThatMayWait(): number {
  try {
    return Number(Deno.readTextFileSync("/proc/sys/net/core/somaxconn"));
  } catch {
    return 0; // not Linux
  }
}

Deno.test({
  name: "700 clients connect at once, though none of them is accepted yet",
  ignore: clientsThatMayWait() < 700,
  async fn() {
    await using on = await start();
    const proxy = { name: "p", listen: "127.0.0.1:0", upstream: UPSTREAM };
    const { listen } = await on.api.create(proxy);
    assertEquals(connectAndLeave(listen, 700), "connected\n");
  },
});

Deno.test("clients that leave before the upstream has accepted are released", async () => {
  await using upstream = startUpstream();
  await using on = await start();
  const proxy = { name: "p", listen: "127.0.0.1:0", upstream: upstream.address };
  const { listen } = await on.api.create(proxy);
  assertEquals(connectAndLeave(listen, 100), "connected\n");
  const ended = () => upstream.seen.filter((events) => events.at(-1) === "end").length;
  assert(await eventually(() => ended() === 100), `${ended()} of ${upstream.seen.length} ended`);
  const { hits } = on.server.proxies.get("p")!;
  assert(await eventually(() => hits.connections_open === 0), `${hits.connections_open} open`);
});

Deno.test("a black-holed upstream does not delay the API", async () => {
  await using on = await start();
  const proxy = { name: "p", listen: `127.0.0.1:${freePort()}`, upstream: "192.0.2.1:9" };
  const { listen } = await on.api.create(proxy);
  using _client = await TestClient.connect(listen);
  // The dial takes DIAL_MS_MAX; the client waits no longer than CALL_MS_MAX, which is less.
  await on.api.patch("p", { upstream: UPSTREAM });
  assert(CALL_MS_MAX < DIAL_MS_MAX);
});

Deno.test("the server refuses proxies and toxics above the limit, which it names", async () => {
  await using on = await start();
  const named = (n: number) => ({
    name: `p${n}`,
    listen: "127.0.0.1:0",
    upstream: UPSTREAM,
    enabled: false,
  });
  await on.api.populate(Array.from({ length: PROXIES_MAX }, (_, n) => named(n)));
  const tooMany = await on.api.create(named(PROXIES_MAX)).catch((error) => error.message);
  assert(`${tooMany}`.includes(`at most ${PROXIES_MAX}; delete some`), tooMany);
  for (let n = 0; n < TOXICS_PER_PROXY_MAX; n++) {
    await on.api.addToxic("p0", { type: "latency", name: `${n}` });
  }
  const said = await on.api.addToxic("p0", { type: "latency" }).catch((error) => error.message);
  assert(`${said}`.includes(`at most ${TOXICS_PER_PROXY_MAX} toxics`), `${said}`);
});

Deno.test("the server closes and counts connections above the limit, and accepts later ones", async () => {
  await using upstream = startUpstream();
  await using on = await start(2);
  const proxy = { name: "p", listen: "127.0.0.1:0", upstream: upstream.address };
  const { listen } = await on.api.create(proxy);
  using first = await TestClient.connect(listen);
  {
    using second = await TestClient.connect(listen);
    await Promise.all([first.roundTrip(1), second.roundTrip(1)]);
    using third = await TestClient.connect(listen);
    assert(await third.end() !== null);
  }
  const { hits } = on.server.proxies.get("p")!;
  assert(await eventually(() => hits.connections_open === 1));
  assertEquals(hits.connections_failed, 1);
  using fourth = await TestClient.connect(listen);
  assert(await fourth.roundTrip(1) < 5_000);
});

Deno.test("the API refuses a body above its limit", async () => {
  await using on = await start();
  const response = await fetch(`${on.server.url}/proxies`, {
    method: "POST",
    body: `{"name":"${"x".repeat(API_BODY_BYTES_MAX)}"}`,
  });
  const { error } = await response.json();
  assertEquals([response.status, error], [413, `body: at most ${API_BODY_BYTES_MAX} bytes`]);
});

Deno.test("/metrics escapes names and counts hits", async () => {
  await using on = await start();
  await on.api.create({ name: 'a"b', listen: "127.0.0.1:0", upstream: UPSTREAM, enabled: false });
  await on.api.addToxic('a"b', { type: "latency" });
  const text = await on.api.metrics();
  assert(
    text!.includes('toxiproxy_toxic_hits_total{proxy="a\\"b",toxic="latency_downstream"} 0\n'),
  );
});

Deno.test("/metrics counts received and sent bytes: a toxic drops the difference", async () => {
  await using upstream = startUpstream();
  await using on = await start();
  const proxy = { name: "p", listen: "127.0.0.1:0", upstream: upstream.address };
  const { listen } = await on.api.create(proxy);
  await on.api.addToxic("p", { type: "limit_data", attributes: { bytes: 3 } });
  using client = await TestClient.connect(listen);
  await client.send(5);
  assertEquals(await client.end(), "end");
  const text = await on.api.metrics();
  const of = (what: string) =>
    ["upstream", "downstream"].map((direction) =>
      new RegExp(`^toxiproxy_proxy_${what}_bytes_total\\{direction="${direction}".* (\\d+)$`, "m")
        .exec(text!)?.[1]
    );
  assertEquals([of("received"), of("sent")], [["5", "5"], ["5", "3"]]);
});

Deno.test("the client gives up on a silent server and names the deadline", async () => {
  using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${silent.addr.port}`;
  const api = new ToxiproxyClient(url, { call_ms_max: 100 });
  const said = await api.proxies().catch((error) => `${error.status} ${error.message}`);
  assertEquals(said, `0 GET ${url}/proxies: no answer within 100 ms`);
});

Deno.test("the client refuses what the real server would accept and ignore", async () => {
  const api = new ToxiproxyClient("http://127.0.0.1:1");
  const proxy = { name: "p", listen: "127.0.0.1:0", upstream: UPSTREAM };
  for (
    const [call, message] of [
      [() => api.create({ ...proxy, name: "a/b" }), 'proxy name "a/b": must not be empty'],
      [() => api.create({ ...proxy, listen: "nonsense" }), "listen=nonsense: must be host:port"],
      [() => api.create({ ...proxy, upstream: "" }), "upstream=: must be host:port"],
      [() => api.patch("p", { upstream: "x" }), "upstream=x: must be host:port"],
      [
        () => api.addToxic("p", { type: "slicer" }),
        "slicer.average_size=0: must be a whole number",
      ],
      [() => api.addToxic("p", { type: "latency", toxicity: 7 }), "toxicity=7: must be"],
      [
        () => api.addToxic("p", { type: "lag" as "latency" }),
        "toxic type lag: must be one of latency, bandwidth",
      ],
    ] as const
  ) {
    let said = "";
    await call().catch((error) => said = `${error.name}: ${error.message}`);
    assert(said.startsWith(`RangeError: ${message}`), `${said} (wanted ${message})`);
  }
});
