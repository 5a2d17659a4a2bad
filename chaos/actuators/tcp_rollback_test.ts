/** Rollback on engines that hang, are killed, or are shared with others. */
import { assert, assertEquals } from "@std/assert";
import { type ProxyView, ToxiproxyClient } from "../../tools/toxiproxy/mod.ts";
import { TestClient } from "../../tools/toxiproxy/testing/client.ts";
import { onBoth, REAL, startEngine } from "../../tools/toxiproxy/testing/stand.ts";
import type { Fault } from "../vocabulary/mod.ts";
import { startTcpActuator } from "./tcp.ts";
import { diffProxies, probeAddress } from "./tcp_rollback.ts";

function tcpFault(kind: string, params: Fault["params"] = {}): Fault {
  return { kind, layer: "tcp", hop: "source", params, text: kind, inverse: "lifts it" };
}

/** Answers a request with `answer_bytes`. */
function startHttp(answer_bytes = 10) {
  const answer = new Uint8Array(answer_bytes);
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    ({ method }) => new Response(method === "HEAD" ? null : answer),
  );
  return {
    address: `127.0.0.1:${server.addr.port}`,
    // A client that never reads delays a graceful shutdown.
    [Symbol.asyncDispose]: async () => await server.shutdown(),
  };
}

onBoth("rollback works despite a client that does not read", async (engine) => {
  await using upstream = startHttp(64 * 1_048_576);
  const hops = [{ hop: "source" as const, upstream: upstream.address }];
  // The real server never answers; the embedded one does, however late on a busy machine.
  const step_ms_max = engine === "real" ? 500 : 10_000;
  await using tcp = await startTcpActuator({ engine, hops, seed: 1, real: REAL, step_ms_max });
  await tcp.apply("1", tcpFault("tcp.latency", { delay_ms: 1, jitter_ms: 0 }));
  // Requests a large answer and reads none of it: the toxic cannot deliver its data.
  using _stuck = await stuckClient(tcp.listen("source"));
  const lifted = await tcp.lift("1").then(() => "lifted", () => "stuck");
  if (engine === "embedded") assertEquals(lifted, "lifted");
  const steps: string[] = [];
  await tcp.rollback((step, ok) => steps.push(`${ok ? "ok" : "failed"}: ${step}`));
  assertEquals(await tcp.diff(), [], steps.join("\n"));
  assertEquals(await probeAddress(tcp.listen("source")), "answered");
});

async function stuckClient(address: string): Promise<TestClient> {
  const client = await TestClient.connect(address, false);
  const request = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
  await client.connection.write(new TextEncoder().encode(request));
  await new Promise((resolve) => setTimeout(resolve, 300)); // until the buffers are full
  return client;
}

onBoth("rollback restarts a killed engine on the same addresses", async (engine) => {
  await using upstream = startHttp();
  const hops = [{ hop: "source" as const, upstream: upstream.address }];
  let pid = 0;
  const ends: boolean[] = [];
  await using tcp = await startTcpActuator({
    engine,
    hops,
    seed: 1,
    real: REAL,
    onEvent(event) {
      if (event.action === "started" && pid === 0) pid = event.pid;
      if (event.action === "ended") ends.push(event.expected);
    },
  });
  const address = tcp.listen("source");
  await tcp.apply("1", tcpFault("tcp.hang"));
  Deno.kill(pid, "SIGKILL");
  while (ends.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assertEquals(ends, [false]);
  assert((await tcp.diff())[0].startsWith("Toxiproxy does not answer: "));
  const steps: string[] = [];
  await tcp.rollback((step, ok) => steps.push(`${ok ? "ok" : "failed"}: ${step}`));
  assertEquals(steps.at(-1), "ok: restart Toxiproxy");
  assertEquals(await tcp.diff(), []);
  assertEquals(await probeAddress(address), "answered");
  await tcp.apply("2", tcpFault("tcp.refuse"));
  assertEquals(await probeAddress(address), "refused");
});

onBoth("rollback replaces a frozen engine", async (engine) => {
  await using upstream = startHttp();
  const hops = [{ hop: "source" as const, upstream: upstream.address }];
  let pid = 0;
  await using tcp = await startTcpActuator({
    engine,
    hops,
    seed: 1,
    real: REAL,
    step_ms_max: 200,
    onEvent: ({ action, pid: started }) => {
      if (action === "started" && pid === 0) pid = started;
    },
  });
  await tcp.apply("1", tcpFault("tcp.refuse"));
  Deno.kill(pid, "SIGSTOP");
  const steps: string[] = [];
  await tcp.rollback((step, ok) => steps.push(`${ok ? "ok" : "failed"}: ${step}`));
  assertEquals(await tcp.diff(), [], steps.join("\n"));
  assertEquals(await probeAddress(tcp.listen("source")), "answered");
});

Deno.test({
  name: "diff reports a dead relay behind the real engine, and rollback restores it (real)",
  ignore: REAL === null,
  async fn() {
    await using upstream = startHttp();
    const hops = [{ hop: "source" as const, upstream: upstream.address }];
    const pids: number[] = [];
    let ended = false;
    await using tcp = await startTcpActuator({
      engine: "real",
      hops,
      seed: 1,
      real: REAL,
      onEvent({ action, pid }) {
        if (action === "started") pids.push(pid);
        if (action === "ended") ended = true;
      },
    });
    Deno.kill(pids[1], "SIGKILL");
    while (!ended) await new Promise((resolve) => setTimeout(resolve, 5));
    const [said] = await tcp.diff();
    assert(said.startsWith("proxy source blocks requests, but 127.0.0.1:"), said);
    await tcp.rollback(() => {});
    assertEquals(await tcp.diff(), []);
    await tcp.counters();
  },
});

onBoth("a shared Toxiproxy keeps the proxies of others", async (engine) => {
  await using upstream = startHttp();
  await using running = await startEngine(engine);
  const { client } = running;
  const theirs = { name: "theirs", listen: "127.0.0.1:0", upstream: upstream.address };
  await client.create(theirs);
  await client.addToxic("theirs", { type: "latency", attributes: { latency: 7 } });
  await client.patch("theirs", { enabled: false });
  const found = await client.proxies();
  {
    const hops = [{ hop: "source" as const, upstream: upstream.address }];
    const real = { kind: "running" as const, url: client.url };
    await using tcp = await startTcpActuator({ engine: "auto", hops, seed: 1, real });
    await tcp.apply("1", tcpFault("tcp.hang"));
    await tcp.rollback(() => {});
    assertEquals(await tcp.diff(), []);
    await tcp.apply("2", tcpFault("tcp.refuse"));
    assertEquals(Object.keys(await client.proxies()).length, 2);
  }
  assertEquals(diffProxies(found, await client.proxies()), []);
});

Deno.test("startTcpActuator names a TOXIPROXY_URL that does not answer", async () => {
  const real = { kind: "running" as const, url: "http://127.0.0.1:1" };
  let said = "";
  await startTcpActuator({ engine: "real", hops: [], seed: 1, real }).catch((error) =>
    said = error.message
  );
  assert(said.startsWith("TOXIPROXY_URL=http://127.0.0.1:1: must be a running Toxiproxy: "), said);
});

Deno.test("startTcpActuator names the command that installs the real engine", async () => {
  let said = "";
  await startTcpActuator({ engine: "real", hops: [], seed: 1, real: null }).catch((error) =>
    said = error.message
  );
  assert(said.includes("deno task toxiproxy:install"), said);
});

Deno.test("ToxiproxyClient rejects an invalid URL", () => {
  let said = "";
  try {
    new ToxiproxyClient("localhost:8474");
  } catch (error) {
    said = (error as Error).message;
  }
  assertEquals(said, "Toxiproxy URL localhost:8474: must be like http://127.0.0.1:8474");
});

const toxic = {
  name: "t",
  type: "latency" as const,
  stream: "downstream",
  toxicity: 1,
  attributes: { latency: 1, jitter: 0 },
};
const proxy: ProxyView = { name: "a", listen: "l:1", upstream: "u:1", enabled: true, toxics: [] };

Deno.test("diffProxies is empty for equal proxies", () => {
  assertEquals(diffProxies({ a: proxy }, { a: { ...proxy } }), []);
});

Deno.test("diffProxies names every difference", () => {
  const now = { ...proxy, enabled: false, upstream: "u:2", toxics: [toxic] };
  assertEquals(diffProxies({ a: proxy, b: { ...proxy, name: "b" } }, { a: now, c: proxy }), [
    "proxy a is disabled",
    "proxy a has upstream u:2, had u:1",
    "proxy a still has toxic t",
    "proxy b is gone",
    "proxy c was not there before",
  ]);
  const other = { ...proxy, toxics: [{ ...toxic, toxicity: 0.5 }] };
  assertEquals(diffProxies({ a: { ...proxy, toxics: [toxic] } }, { a: other }), [
    "proxy a has another t",
  ]);
  assertEquals(diffProxies({ a: { ...proxy, toxics: [toxic] } }, { a: proxy }), [
    "proxy a lacks toxic t",
  ]);
});
