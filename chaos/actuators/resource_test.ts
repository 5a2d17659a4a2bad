import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import {
  connectionFlood,
  cpu,
  type FaultContext,
  type FaultValue,
  listReaders,
  loadStep,
  slowClients,
} from "../vocabulary/mod.ts";
import { until } from "../../tools/verdict/mod.ts";
import { work } from "./resource/cpu_worker.ts";
import { resourceActuator } from "./resource.ts";

function fault(value: FaultValue) {
  return value.make({} as FaultContext);
}

/** A server that accepts connections and never answers. */
function listen() {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const conns = new Set<Deno.Conn>();
  let bytes = 0;
  const serve = async (conn: Deno.Conn) => {
    conns.add(conn);
    const buffer = new Uint8Array(65_536);
    for (let read; (read = await conn.read(buffer).catch(() => null)) !== null;) bytes += read;
    conns.delete(conn);
    conn.close();
  };
  const serving: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) serving.push(serve(conn));
  })();
  return {
    target: `127.0.0.1:${listener.addr.port}`,
    open: () => conns.size,
    bytes: () => bytes,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(serving);
    },
  };
}

Deno.test("resource.connection_flood holds its connections open until it is lifted", async () => {
  await using server = listen();
  await using actuator = resourceActuator({ target: server.target });
  await actuator.apply("1", fault(connectionFlood({ connections: 30, rate_per_s: 1000 })), 30_000);
  await until("all connections", () => server.open() === 30);
  await until(
    "all to be counted",
    async () => (await actuator.counters())[0].hits["1"] === 30,
  );
  assertEquals((await actuator.diff()).length, 1);
  await actuator.lift("1");
  await until("all to be closed", () => server.open() === 0);
  assertEquals(await actuator.diff(), []);
});

Deno.test("resource.slow_clients pipelines requests and barely reads the answers", async () => {
  await using server = listen();
  await using actuator = resourceActuator({ target: server.target, list_path: "/list" });
  await actuator.apply("1", fault(slowClients({ connections: 3, bytes_per_s: 10 })), 30_000);
  const request = `GET /list HTTP/1.1\r\nHost: ${server.target}\r\n\r\n`;
  await until("their requests", () => server.bytes() >= 3 * 32 * request.length);
  assertEquals(server.open(), 3);
  await actuator.lift("1");
  await until("them to leave", () => server.open() === 0);
});

Deno.test("resource.list_readers counts lists that arrive whole, and lists that are cut", async () => {
  const text = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n";
  let lists = 0;
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = (async () => {
    for await (const conn of listener) {
      const buffer = new Uint8Array(1024);
      while (await conn.read(buffer).catch(() => null) !== null) {
        const is_whole = ++lists % 2 === 1;
        await conn.write(new TextEncoder().encode(text + (is_whole ? "list" : "li")));
        if (!is_whole) break;
      }
      conn.close();
    }
  })();
  const target = `127.0.0.1:${(listener.addr as Deno.NetAddr).port}`;
  {
    await using actuator = resourceActuator({ target, list_path: "/list" });
    await actuator.apply("1", fault(listReaders({ connections: 1, pause_ms: 1 })), 30_000);
    await until("two cut lists", async () => {
      const [{ hits, cut }] = await actuator.counters();
      return hits["1"] >= 2 && (cut?.["1"] ?? 0) >= 2;
    });
  }
  listener.close();
  await serving;
});

Deno.test("resource.cpu works in slices of its share and ends by itself", async () => {
  await using actuator = resourceActuator({ target: "127.0.0.1:1" });
  // Slices are counted, not time: on a busy machine a slice of 10 ms takes longer, never shorter.
  await actuator.apply("1", fault(cpu({ workers: 1, share: 0.2 })), -1_500);
  await until("it to end by itself", async () => (await actuator.diff()).length === 0);
  const { hits } = (await actuator.counters())[0];
  assertEquals(hits["1"] >= 1 && hits["1"] <= 51, true, `${hits["1"]} slices in 500 ms`);
  await actuator.lift("1"); // lifting an expired fault does nothing
});

Deno.test("resource.cpu works for its share of each slice, until its life ends", () => {
  for (const share of [0.1, 0.5, 1]) {
    let now_ms = 0, waited_ms = 0, slices = 0;
    work({ share, life_ms: 1_000 }, {
      now_ms: () => now_ms += 0.01,
      wait(ms) {
        now_ms += ms;
        waited_ms += ms;
      },
      report: (more) => slices += more,
    });
    assertAlmostEquals(1 - waited_ms / now_ms, share, 0.01);
    assertAlmostEquals(now_ms, 1_000, 11);
    assertEquals(slices, 101); // the first one at once, then every ten
  }
});

Deno.test({
  name: "resource.cpu uses CPU time in a process of its own, no more than its share",
  ignore: Deno.build.os !== "linux",
  async fn() {
    await using actuator = resourceActuator({ target: "127.0.0.1:1" });
    await actuator.apply("1", fault(cpu({ workers: 1, share: 0.3 })), 30_000);
    const [, pid] = /pid (\d+)/.exec((await actuator.diff())[0])!;
    const before = ticks(pid), started_ms = performance.now();
    await until("CPU time of 150 ms", () => ticks(pid) - before >= 15);
    // A busy machine gives less than the share.
    const used = (ticks(pid) - before) * 10 / (performance.now() - started_ms);
    assertEquals(used <= 0.4, true, `${used} of a core`);
    await actuator.lift("1");
  },
});

/** CPU time of a process in hundredths of a second (proc(5), utime and stime). */
function ticks(pid: string): number {
  const stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[11]) + Number(fields[12]);
}

Deno.test("apply rejects a fault that does not run as a process", async () => {
  await using actuator = resourceActuator({ target: "127.0.0.1:1" });
  await assertRejects(
    () => actuator.apply("1", fault(loadStep({ factor: 2 }))),
    Error,
    "resource.load_step is not a resource fault that runs as a process",
  );
});

Deno.test("apply fails if the fault has no effect, and leaves no process behind", async () => {
  await using actuator = resourceActuator({ target: "127.0.0.1:99999" });
  await assertRejects(
    () => actuator.apply("1", fault(connectionFlood({ connections: 1, rate_per_s: 1 })), 30_000),
    Error,
    "1 had no effect: it ended with",
  );
  assertEquals(await actuator.diff(), []);
});
