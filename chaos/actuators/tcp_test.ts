/** TCP faults on both engines: effect, lift, hits and rollback. */
import { assert, assertEquals } from "@std/assert";
import { type Engine, onBoth, REAL } from "../../tools/toxiproxy/testing/stand.ts";
import { eventually, TestClient } from "../../tools/toxiproxy/testing/client.ts";
import { pause, until } from "../../tools/verdict/mod.ts";
import type { Fault, FaultParams } from "../vocabulary/mod.ts";
import { startTcpActuator, type TcpActuator } from "./tcp.ts";
import { HTTP_GREETING, probeAddress } from "./tcp_rollback.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";

function tcpFault(kind: string, params: FaultParams = {}): Fault {
  return { kind, layer: "tcp", hop: "source", params, text: kind, inverse: "lifts it" };
}

interface Stand extends AsyncDisposable {
  readonly tcp: TcpActuator;
  readonly address: string;
  /** Requests that reached the server. */
  requests(): number;
}

async function stand(engine: Engine): Promise<Stand> {
  let requests = 0;
  const upstream = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
    requests++;
    return new Response("x".repeat(2_000));
  });
  try {
    const hops = [{ hop: "source" as const, upstream: `127.0.0.1:${upstream.addr.port}` }];
    const tcp = await startTcpActuator({ engine, hops, seed: 1, real: REAL });
    return {
      tcp,
      address: tcp.listen("source"),
      requests: () => requests,
      async [Symbol.asyncDispose]() {
        await tcp[Symbol.asyncDispose]();
        await upstream.shutdown();
      },
    };
  } catch (error) {
    await upstream.shutdown();
    throw error;
  }
}

/** Milliseconds from a request to its answer; NaN without an answer in time. */
async function ask(client: TestClient, ms_max = 3_000): Promise<number> {
  const before = client.bytes;
  const start_ms = performance.now();
  await client.connection.write(new TextEncoder().encode(REQUEST));
  const came = await eventually(
    () => client.bytes >= before + 2_000 || client.ended !== null,
    ms_max,
  );
  return came && client.bytes >= before + 2_000 ? performance.now() - start_ms : NaN;
}

async function hitsOf(tcp: TcpActuator, id: string): Promise<number> {
  const [record] = await tcp.counters();
  return record.hits[id];
}

onBoth("tcp.latency delays answers on an open connection until it is lifted", async (engine) => {
  await using on = await stand(engine);
  using client = await TestClient.connect(on.address);
  await ask(client);
  await on.tcp.apply("1-tcp.latency", tcpFault("tcp.latency", { delay_ms: 150, jitter_ms: 0 }));
  const delayed_ms = await ask(client);
  assert(delayed_ms >= 149, `${delayed_ms} ms`);
  await on.tcp.lift("1-tcp.latency");
  // A busy machine is late, but not each time.
  const after_ms: number[] = [];
  do after_ms.push(await ask(client)); while (after_ms.at(-1)! >= 149 && after_ms.length < 40);
  assert(after_ms.at(-1)! < 149, `${after_ms} ms`);
  assert(await hitsOf(on.tcp, "1-tcp.latency") >= 1);
  assertEquals(await on.tcp.diff(), []);
});

onBoth(
  "tcp.refuse cuts open connections and refuses new ones until it is lifted",
  async (engine) => {
    await using on = await stand(engine);
    using client = await TestClient.connect(on.address);
    await ask(client);
    await on.tcp.apply("r", tcpFault("tcp.refuse"));
    assertEquals(await client.end(), "end");
    assertEquals(await probeAddress(on.address), "refused");
    assert((await on.tcp.diff())[0].endsWith("is disabled"));
    await on.tcp.lift("r");
    assertEquals(await probeAddress(on.address), "answered");
    assert(await hitsOf(on.tcp, "r") >= 2);
    const r = (await on.tcp.counters())[0].evidence?.r ?? "";
    assert(r.startsWith("1 open connections cut, "), r);
  },
);

onBoth("tcp.hang accepts requests without an answer until it is lifted", async (engine) => {
  await using on = await stand(engine);
  using client = await TestClient.connect(on.address);
  await ask(client);
  await on.tcp.apply("h", tcpFault("tcp.hang"));
  assertEquals(await ask(client, 300), NaN);
  assertEquals([client.ended, on.requests()], [null, 1]);
  assertEquals(await probeAddress(on.address, HTTP_GREETING, 200), "silent");
  assert(await hitsOf(on.tcp, "h") >= 1);
  await on.tcp.lift("h");
  assertEquals(await client.end(), "end");
  assertEquals(await probeAddress(on.address), "answered");
});

onBoth("tcp.reset ends pooled connections and resets new ones", async (engine) => {
  await using on = await stand(engine);
  using pooled = await TestClient.connect(on.address);
  await ask(pooled);
  await on.tcp.apply("x", tcpFault("tcp.reset"));
  if (engine === "embedded") {
    assertEquals(await ask(pooled), NaN);
    assertEquals(pooled.ended, "ConnectionReset");
  } else {
    // The real Toxiproxy closes open connections and resets new ones only.
    assertEquals(await pooled.end(), "end");
  }
  using fresh = await TestClient.connect(on.address);
  assertEquals(await ask(fresh), NaN);
  assertEquals(fresh.ended, "ConnectionReset");
  assert(await hitsOf(on.tcp, "x") >= 2);
  await on.tcp.lift("x");
  assertEquals(await probeAddress(on.address), "answered");
});

onBoth("tcp.slicer, bandwidth and limit_data shape answers and are counted", async (engine) => {
  await using on = await stand(engine);
  const slices = { average_bytes: 200, variation_bytes: 50, delay_us: 2_000 };
  await on.tcp.apply("s", tcpFault("tcp.slicer", slices));
  using sliced = await TestClient.connect(on.address);
  const sliced_ms = await ask(sliced);
  // At least 8 pieces of at most 250 bytes; how many reads they come in depends on the machine.
  assert(sliced_ms >= 14, `${sliced_ms} ms for 2 KB in pieces 2 ms apart`);
  await on.tcp.lift("s");

  await on.tcp.apply("b", tcpFault("tcp.bandwidth", { rate_kb_per_s: 10 }));
  const throttled_ms = await ask(sliced);
  assert(throttled_ms >= 190, `${throttled_ms} ms for 2 KB at 10 KB/s`);
  await on.tcp.lift("b");

  await on.tcp.apply("l", tcpFault("tcp.limit_data", { bytes: 500 }));
  using limited = await TestClient.connect(on.address);
  assertEquals(await ask(limited), NaN);
  assertEquals(limited.bytes, 500);
  // The relay behind the real engine notices the end a moment later.
  await pause(50);
  await on.tcp.lift("l");
  const [{ hits, connections, bytes_down }] = await on.tcp.counters();
  for (const id of ["s", "b", "l"]) assert(hits[id] >= 1, `${id}: ${hits[id]} hits`);
  assert(connections >= 2 && bytes_down > 6_000, `${connections} connections, ${bytes_down} bytes`);
});

onBoth("tcp.slow_close delays the end of a connection", async (engine) => {
  await using on = await stand(engine);
  await on.tcp.apply("c", tcpFault("tcp.slow_close", { delay_ms: 200 }));
  using client = await TestClient.connect(on.address);
  await ask(client);
  const start_ms = performance.now();
  await client.connection.closeWrite();
  assertEquals(await client.end(), "end");
  assert(client.ended_at_ms - start_ms >= 190, `${client.ended_at_ms - start_ms} ms`);
  assert(await hitsOf(on.tcp, "c") >= 1);
  await on.tcp.lift("c");
});

onBoth(
  "tcp.flap alternates between refusing and serving, and serves once lifted",
  async (engine) => {
    await using on = await stand(engine);
    await on.tcp.apply("f", tcpFault("tcp.flap", { up_ms: 150, down_ms: 150, phase_ms: 0 }));
    for (const outcome of ["refused", "answered", "refused", "answered"]) {
      await until(outcome, async () => await probeAddress(on.address) === outcome);
    }
    await on.tcp.lift("f");
    assertEquals(await probeAddress(on.address), "answered");
    assert(await hitsOf(on.tcp, "f") >= 1);
    assertEquals(await on.tcp.diff(), []);
  },
);

onBoth("lifting one of two faults leaves the other on", async (engine) => {
  await using on = await stand(engine);
  await on.tcp.apply("1", tcpFault("tcp.refuse"));
  await on.tcp.apply("2", tcpFault("tcp.refuse"));
  await on.tcp.lift("1");
  assertEquals(await probeAddress(on.address), "refused");
  await on.tcp.lift("2");
  await on.tcp.lift("2");
  assertEquals(await probeAddress(on.address), "answered");
});

onBoth("rollback lifts all faults, and requests pass afterwards", async (engine) => {
  await using on = await stand(engine);
  await on.tcp.apply("1", tcpFault("tcp.hang"));
  await on.tcp.apply("2", tcpFault("tcp.flap", { up_ms: 50, down_ms: 50, phase_ms: 0 }));
  const steps: [string, boolean][] = [];
  await on.tcp.rollback((step, ok) => steps.push([step, ok]));
  assertEquals(steps, [["disable the proxies", true], ["POST /reset", true]]);
  assertEquals(await on.tcp.diff(), []);
  assertEquals(await probeAddress(on.address), "answered");
});

onBoth(
  "a rejected fault is off, and a fault whose toxic is gone can be lifted",
  async (engine) => {
    await using on = await stand(engine);
    const refused = tcpFault("tcp.limit_data", { bytes: -1 });
    const said = await on.tcp.apply("1", refused).then(() => "", ({ message }) => message);
    assert(said.startsWith("limit_data.bytes=-1: must be"), said);
    await on.tcp.apply("1", tcpFault("tcp.hang"));
    await on.tcp.rollback(() => {});
    await on.tcp.lift("1");
    assertEquals(await probeAddress(on.address), "answered");
  },
);

onBoth(
  "tcp: apply rejects faults of other layers and hops without a proxy",
  async (engine) => {
    await using on = await stand(engine);
    const wrong = [
      [{ ...tcpFault("http.status"), layer: "http" as const }, "http.status: TCP faults are tcp."],
      [{ ...tcpFault("tcp.hang"), hop: "client" as const }, "hop client has no proxy"],
      [tcpFault("tcp.latency"), "tcp.latency delay_ms=undefined: must be a number"],
    ] as const;
    for (const [fault, message] of wrong) {
      let said = "";
      await on.tcp.apply("1", fault).catch((error) => said = error.message);
      assert(said.startsWith(message), said);
    }
    assertEquals(await on.tcp.diff(), []);
  },
);

onBoth(
  "hop store has a proxy for each subject: a fault cuts off one of them, or all",
  async (engine) => {
    await using redis = fakeRedis();
    const upstream = `127.0.0.1:${redis.addr.port}`;
    const hops = [0, 1].map((subject) => ({ hop: "store" as const, subject, upstream }));
    await using tcp = await startTcpActuator({ engine, hops, seed: 1, real: REAL });
    const outcomes = () =>
      Promise.all([0, 1].map((subject) => probeAddress(tcp.listen("store", subject), "PING\r\n")));
    const fault = (params: FaultParams) => ({
      ...tcpFault("tcp.refuse", params),
      hop: "store" as const,
    });
    await tcp.apply("one", fault({ subject: 1 }));
    assertEquals(await outcomes(), ["answered", "refused"]);
    await tcp.apply("all", fault({}));
    assertEquals(await outcomes(), ["refused", "refused"]);
    await tcp.lift("one");
    await tcp.lift("all");
    assertEquals([await outcomes(), await tcp.diff()], [["answered", "answered"], []]);
    const records = await tcp.counters();
    assertEquals(records.map(({ subject, hits }) => [subject, Object.keys(hits)]), [
      [0, ["all"]],
      [1, ["one", "all"]],
    ]);
  },
);

/** Answers every request like Redis answers PING. */
function fakeRedis() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async (connection: Deno.Conn) => {
    using _closed = connection;
    while (await connection.read(new Uint8Array(64)) !== null) {
      await connection.write(new TextEncoder().encode("+PONG\r\n"));
    }
  };
  const serving = (async () => {
    for await (const connection of listener) serve(connection).catch(() => {});
  })();
  return {
    addr: listener.addr as Deno.NetAddr,
    async [Symbol.asyncDispose]() {
      listener.close();
      await serving;
    },
  };
}
