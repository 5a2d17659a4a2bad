/** Each deliberate difference of the README's table, shown on both engines. */
import { assert, assertEquals } from "@std/assert";
import { freePort, type RunningProcess, startProcess } from "../processes/mod.ts";
import { pause, until } from "../verdict/mod.ts";
import { ToxiproxyClient } from "./client.ts";
import { eventually, TestClient } from "./testing/client.ts";
import { type Engine, ENGINES, isMissing, REAL, startEngine, startStand } from "./testing/stand.ts";
import { startUpstream } from "./testing/upstream.ts";

const UPSTREAM = "127.0.0.1:1";

/** Past the client, which would not send what is wrong. */
async function post(url: string, path: string, body: unknown): Promise<[number, string]> {
  const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
  return [response.status, await response.text()];
}

async function addToxic(engine: Engine, toxic: unknown): Promise<[number, string]> {
  await using running = await startEngine(engine);
  const { client } = running;
  await client.create({ name: "p", listen: "127.0.0.1:0", upstream: UPSTREAM });
  return await post(client.url, "/proxies/p/toxics", toxic);
}

/** Ten connections through a toxic of toxicity 0.5, twice; whether the same ones were touched. */
async function lots(engine: Engine, seed: number): Promise<string> {
  await using stand = await startStand(engine, { seed });
  await stand.add({ type: "limit_data", toxicity: 0.5, attributes: { bytes: 1 } });
  let drawn = "";
  for (let n = 0; n < 20; n++) {
    using client = await stand.connect();
    drawn += Number.isNaN(await client.roundTrip(2)) ? "x" : "-";
  }
  return drawn;
}

/** Whether a toxic of a client that does not read can be removed, and the proxies listed then. */
async function removeBehindFullBuffers(engine: Engine, wait_ms: number): Promise<string[]> {
  await using stand = await startStand(engine, { send_bytes: 64 * 1_048_576 });
  await stand.add({ type: "latency", attributes: { latency: 1 } });
  using _client = await stand.connect(false);
  await pause(wait_ms);
  const api = stand.api.within(1_000);
  const outcome = (call: Promise<unknown>) => call.then(() => "ok", () => "hangs");
  const removed = await outcome(api.removeToxic("p", "latency_downstream"));
  const listed = await outcome(api.proxies());
  await stand.running.process!.stop("SIGKILL");
  return [removed, listed];
}

const CHECKS: Readonly<Record<string, (engine: Engine) => Promise<void>>> = {
  "unknown-attribute": async (engine) => {
    const toxic = { type: "latency", attributes: { latancy: 100 } };
    const [status, text] = await addToxic(engine, toxic);
    assertEquals(status, engine === "real" ? 200 : 400, text);
    if (engine === "real") assert(text.includes('"latency":0'), text);
    else assert(text.includes("latency has no attribute latancy: it has latency, jitter"), text);
  },
  "bounds": async (engine) => {
    for (
      const toxic of [{ type: "latency", toxicity: 7 }, {
        type: "latency",
        attributes: { latency: -5 },
      }]
    ) {
      const [status, text] = await addToxic(engine, toxic);
      assertEquals(status, engine === "real" ? 200 : 400, text);
    }
  },
  "slicer-defaults": async (engine) => {
    await using stand = await startStand(engine);
    const { url } = stand.api;
    // The real one does not survive the defaults either, but takes a gigabyte before it ends.
    const wide = { type: "slicer", attributes: { average_size: 10, size_variation: 12 } };
    for (const toxic of engine === "real" ? [wide] : [wide, { type: "slicer" }]) {
      const [status, text] = await post(url, "/proxies/p/toxics", toxic);
      assertEquals(status, engine === "real" ? 200 : 400, text);
    }
    if (engine === "embedded") return;
    const { process } = stand.running;
    for (let sent = 0; sent < 200 && !process!.has_ended; sent++) {
      using client = await stand.connect().catch(() => null);
      await client?.roundTrip(2_000, 200).catch(() => {}); // it is to break
    }
    assert(await eventually(() => process!.has_ended), "it went on");
  },
  "unknown-change": async (engine) => {
    await using running = await startEngine(engine);
    const { client } = running;
    await client.create({ name: "p", listen: "127.0.0.1:0", upstream: UPSTREAM });
    await client.addToxic("p", { type: "latency", name: "t" });
    for (
      const [path, body, known] of [
        ["/proxies/p", { enable: false }, "to change a proxy, set listen, upstream, enabled"],
        ["/proxies/p/toxics/t", { latency: 5 }, "to change a toxic, set attributes, toxicity"],
      ] as const
    ) {
      const [status, text] = await post(client.url, path, body);
      assertEquals(status, engine === "real" ? 200 : 400, text);
      if (engine === "embedded") assert(text.includes(known), text);
      // Both ignore fields that exist and cannot be changed.
      assertEquals((await post(client.url, path, { name: "x", stream: "upstream" }))[0], 200);
    }
  },
  "refused-change": async (engine) => {
    await using running = await startEngine(engine);
    const { client } = running;
    await client.create({ name: "p", listen: "127.0.0.1:0", upstream: UPSTREAM });
    await client.addToxic("p", { type: "latency", name: "t" });
    const attributes = { latency: 5, jitter: "x" };
    const [status] = await post(client.url, "/proxies/p/toxics/t", { attributes });
    assertEquals(status, 400);
    const { latency } = (await client.toxic("p", "t")).attributes;
    assertEquals(latency, engine === "real" ? 5 : 0);
  },
  "same-address": async (engine) => {
    await using running = await startEngine(engine);
    const { client } = running;
    for (const [host, enabled] of [["", true], ["0.0.0.0", true], ["localhost", false]] as const) {
      const proxy = { name: "p", listen: `${host}:${freePort()}`, upstream: UPSTREAM, enabled };
      await client.populate([proxy]);
      await client.addToxic("p", { type: "latency" });
      const [{ toxics }] = await client.populate([proxy]);
      assertEquals(toxics.length, engine === "real" ? 0 : 1);
    }
  },
  "upstream-address": async (engine) => {
    await using running = await startEngine(engine);
    const proxy = { name: "x", listen: "127.0.0.1:0", upstream: "garbage" };
    const [status] = await post(running.client.url, "/proxies", proxy);
    assertEquals(status, engine === "real" ? 201 : 400);
  },
  "name-with-slash": async (engine) => {
    await using running = await startEngine(engine);
    const { url } = running.client;
    const proxy = { name: "a/b", listen: "127.0.0.1:0", upstream: UPSTREAM };
    const [status] = await post(url, "/proxies", proxy);
    assertEquals(status, engine === "real" ? 201 : 400);
    const reached = await fetch(`${url}/proxies/a%2Fb`);
    await reached.body?.cancel();
    assertEquals(reached.status, 404);
  },
  "removal": async (engine) => {
    const expected = engine === "real" ? ["hangs", "hangs"] : ["ok", "ok"];
    // On a busy machine the buffers fill late.
    for (const wait_ms of [300, 1_000, 3_000]) {
      const seen = await removeBehindFullBuffers(engine, wait_ms);
      if (wait_ms === 3_000 || seen[0] === expected[0]) return assertEquals(seen, expected);
    }
  },
  "reset-of-open-connections": async (engine) => {
    await using stand = await startStand(engine);
    using client = await stand.connect();
    await client.roundTrip(5);
    await stand.add({ type: "reset_peer", attributes: { timeout: 0 } });
    await client.send(5);
    assertEquals(await client.end(), engine === "real" ? "end" : "ConnectionReset");
  },
  "reset-of-spared-connections": async (engine) => {
    await using stand = await startStand(engine);
    const expected = engine === "real" ? "ConnectionReset" : "end";
    await stand.add({ type: "reset_peer", name: "r", toxicity: 0, attributes: { timeout: 0 } });
    using client = await stand.connect();
    await client.roundTrip(5);
    using other = await stand.connect();
    await other.roundTrip(5);
    await client.connection.closeWrite();
    assertEquals(await client.end(), expected);
    await stand.api.removeToxic("p", "r");
    await other.connection.closeWrite();
    assertEquals(await other.end(), expected);
  },
  "seed": async (engine) => {
    const same = await lots(engine, 7) === await lots(engine, 7);
    assertEquals(same, engine === "embedded");
    if (engine === "embedded") assert(await lots(engine, 7) !== await lots(engine, 8));
  },
  "hits": async (engine) => {
    await using stand = await startStand(engine);
    await stand.add({ type: "latency", attributes: { latency: 1 } });
    await stand.add({ type: "slow_close", attributes: { delay: 1 } });
    using client = await stand.connect();
    await client.roundTrip(5);
    const hits = await stand.api.hits();
    if (engine === "real") return assertEquals(hits, null);
    const { connections, connections_open, bytes_up, bytes_down, toxics } = hits!.p;
    assertEquals([connections, connections_open, bytes_up, bytes_down], [1, 1, 5, 5]);
    assertEquals([hits!.p.bytes_up_sent, hits!.p.bytes_down_sent], [5, 5]);
    const latency = { type: "latency", hits: 1, connections: 1, bytes: 5 };
    const slow_close = { type: "slow_close", hits: 0, connections: 0, bytes: 0 };
    assertEquals(toxics, { latency_downstream: latency, slow_close_downstream: slow_close });
    // They outlive the toxic.
    await stand.api.removeToxic("p", "latency_downstream");
    assertEquals((await stand.api.hits())!.p.toxics.latency_downstream, latency);
  },
  "live-metrics": async (engine) => {
    const port = freePort();
    await using _server = startServer(engine, `${port}`, "-proxy-metrics");
    const bytes = engine === "real" ? 0 : 5;
    assertEquals(await bytesWhileOpen(`http://127.0.0.1:${port}`), [bytes, bytes]);
  },
  "runtime-metrics": async (engine) => {
    const port = freePort();
    await using _server = startServer(engine, `${port}`, "-runtime-metrics");
    const api = new ToxiproxyClient(`http://127.0.0.1:${port}`);
    await until("the API to answer", () => api.proxies().then(() => true, () => false));
    await api.create({ name: "p", listen: "127.0.0.1:0", upstream: UPSTREAM });
    const text = (await api.metrics())!;
    assertEquals(text.includes("go_goroutines"), engine === "real");
    assertEquals(text.includes("toxiproxy_proxy_sent_bytes_total{"), engine === "embedded");
  },
  "version": async (engine) => {
    await using running = await startEngine(engine);
    const text = await (await fetch(`${running.client.url}/version`)).text();
    const version = engine === "real" ? "git" : "2.12.0+embedded";
    assertEquals(text, `{"version": "${version}"}\n`);
  },
  "logger": async (engine) => {
    await using running = await startEngine(engine);
    const proxy = { name: "x", listen: "127.0.0.1:0", upstream: UPSTREAM };
    const [, text] = await post(running.client.url, "/proxies", proxy);
    assertEquals(text.includes('"Logger"'), engine === "real");
  },
  "reset-goes-on": async (engine) => {
    await using running = await startEngine(engine);
    const { client } = running;
    const listen = new URL(client.url).host;
    const names = ["a", "b", "c", "d", "e", "f", "g", "h"];
    for (const name of names) {
      await client.create({ name, listen: "127.0.0.1:0", upstream: UPSTREAM, enabled: false });
      await client.addToxic(name, { type: "latency" });
    }
    // The order is by chance there: that all good ones come first is one in 12,870.
    for (const name of ["1", "2", "3", "4", "5", "6", "7", "8"]) {
      await client.create({ name, listen, upstream: UPSTREAM, enabled: false });
    }
    const [status] = await post(client.url, "/reset", undefined);
    assertEquals(status, 500);
    const proxies = await client.proxies();
    const left = names.filter((name) => !proxies[name].enabled || proxies[name].toxics.length > 0);
    assertEquals(left.length > 0, engine === "real", `${left} left`);
  },
  "port-taken": async (engine) => {
    using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const port = `${taken.addr.port}`;
    const server = startServer(engine, port);
    const { code, signal } = await server.endWithin(engine === "real" ? 500 : 10_000);
    if (engine === "real") return assertEquals(signal, "SIGKILL");
    assertEquals(code, 78);
    const line = server.stderr_tail;
    assert(line.startsWith(`toxiproxy: -port=${port}: already in use on 127.0.0.1`), line);
  },
};

/** The server as a program, on this port of 127.0.0.1. */
function startServer(engine: Engine, port: string, ...flags: string[]): RunningProcess {
  const main = new URL("./main.ts", import.meta.url).href;
  const program = engine === "real" && REAL?.kind === "program"
    ? [REAL.path]
    : [Deno.execPath(), "run", "--no-prompt", "--allow-net", main];
  return startProcess([...program, "-host", "127.0.0.1", "-port", port, ...flags]);
}

/** Downstream bytes received and sent, in /metrics after five, while the connection is open. */
async function bytesWhileOpen(url: string): Promise<number[]> {
  const api = new ToxiproxyClient(url);
  await until("the API to answer", () => api.proxies().then(() => true, () => false));
  await using upstream = startUpstream();
  const proxy = { name: "p", listen: "127.0.0.1:0", upstream: upstream.address };
  const { listen } = await api.create(proxy);
  using client = await TestClient.connect(listen);
  await client.roundTrip(5);
  const text = (await api.metrics()) ?? "";
  return ["received", "sent"].map((what) => {
    const name = `toxiproxy_proxy_${what}_bytes_total`;
    const labels = `direction="downstream",listener="${listen}",proxy="p"`;
    const sample = new RegExp(`^${name}\\{${labels}[^}]*\\} (\\S+)$`, "m");
    return Number(sample.exec(text)?.[1] ?? 0);
  });
}

/** Rows of the README's table of differences: id, the real one, the embedded one, why. */
const DIFFERENCES = /## Differences\n([^]*?)\n## /
  .exec(Deno.readTextFileSync(new URL("./README.md", import.meta.url)))![1]
  .split("\n").filter((line) => line.startsWith("|")).slice(2)
  .map((row) => row.split("|").slice(1, -1).map((cell) => cell.trim()));

Deno.test("every difference in the README is shown, and no other", () => {
  assertEquals(Object.keys(CHECKS).sort(), DIFFERENCES.map(([id]) => id).sort());
});

for (const [id, real, embedded] of DIFFERENCES) {
  for (const engine of ENGINES) {
    Deno.test({
      name: `difference ${id}: ${engine === "real" ? real : embedded} (${engine})`,
      ignore: isMissing(engine),
      fn: () => CHECKS[id](engine),
    });
  }
}
