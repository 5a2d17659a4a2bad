import { assert, assertEquals, assertMatch, assertRejects } from "@std/assert";
import { ConfigError, readConfig } from "../platform/mod.ts";
import { canRun, freePort, runProcess } from "../tools/processes/mod.ts";
import { until } from "../tools/verdict/mod.ts";
import { clusterPorts, clusterPrograms, withInstance } from "./cluster.ts";
import { CLUSTER_SPEC } from "./config.ts";
import { type DevProcess, startDev } from "./dev_process.ts";

const HAS_PROGRAMS = canRun(["redis-server", "--version"]) && canRun(["haproxy", "-v"]) &&
  canRun(["pgrep", "--version"]);

/** The answer's status and replica; status 0 if it failed. */
async function get(url: string) {
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  try {
    const { status, headers, body } = await fetch(url, { client });
    await body?.cancel();
    return { status, by: headers.get("x-served-by") };
  } catch {
    return { status: 0, by: null };
  }
}

/** Waits until exactly these replicas answer through HAProxy. */
async function untilServedBy(url: string, ...names: string[]): Promise<void> {
  await until(`answers by ${names}`, async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => get(`${url}/readyz`)));
    return `${[...new Set(answers.map(({ by }) => by))].sort()}` === `${names}`;
  });
}

async function startupOf(dev: DevProcess, instance: string, since = 0): Promise<string> {
  return (await dev.log.wait("startup", (event) => event.instance === instance, since)).url;
}

Deno.test({
  name: "dev:cluster restarts a killed replica and ends all (needs redis-server, haproxy, pgrep)",
  ignore: !HAS_PROGRAMS,
  async fn(t) {
    const port = freePort();
    await using dev = startDev({ METRICS_PORT: `${port}` }, "dev:cluster");
    const url = `http://127.0.0.1:${port}`;
    const replicas = await Promise.all(["m1", "m2", "m3"].map((name) => startupOf(dev, name)));
    await t.step("each replica answers", async () => {
      await untilServedBy(url, "m1", "m2", "m3");
      for (const replica of replicas) {
        assertEquals((await get(`${replica}/telemetry/ListMetrics`)).status, 200);
      }
    });
    await t.step("a killed replica is started again", async () => {
      const { mark } = dev.log;
      const found = await runProcess(["pgrep", "-P", `${dev.pid}`, "-f", "metrics_server/main.ts"]);
      Deno.kill(parseInt(found.stdout), "SIGKILL");
      await startupOf(dev, "m1", mark);
      await untilServedBy(url, "m1", "m2", "m3");
    });
    dev.kill("SIGINT");
    const { code, stderr } = await dev.ended;
    await t.step("Ctrl-C ends everything with exit code 0", async () => {
      assertEquals(code, 0);
      for (const base of [url, ...replicas]) {
        assertEquals((await get(`${base}/healthz`)).status, 0);
      }
    });
    await t.step("stderr names where to look, and the killed replica", () => {
      assert(stderr.includes(`dev: Dashboard: ${url}/ `), stderr);
      for (const replica of replicas) assert(stderr.includes(`dev: ${replica}/stats `), stderr);
      assertMatch(stderr, /^dev: metrics_server m1 \(pid \d+\) ended with exit code 137: /m);
      assertMatch(stderr, /^dev: HAProxy: Server metrics_servers\/m1 is DOWN, /m);
    });
  },
});

Deno.test("dev:cluster names what to install, with exit code 78", async () => {
  await using dev = startDev({ PATH: "/nowhere" }, "dev:cluster");
  const { code, stderr } = await dev.ended;
  assertEquals([code, stderr.trimEnd().split("\n").length], [78, 1]);
  assertMatch(
    stderr,
    /needs redis-server .* haproxy on PATH: apt-get install redis-server haproxy /,
  );
});

Deno.test("clusterPrograms takes valkey-server if there is no redis-server", () => {
  const redis = (...installed: string[]) =>
    clusterPrograms(([program]) => installed.includes(program)).redis;
  assertEquals(redis("haproxy", "valkey-server"), "valkey-server");
  assertEquals(redis("haproxy", "valkey-server", "redis-server"), "redis-server");
});

Deno.test("dev:cluster names the variable of a taken port, with exit code 78", async () => {
  using holder = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = holder.addr;
  for (const variable of ["METRICS_PORT", "STATS_PORT", "REDIS_PORT", "DATA_PORT"]) {
    const ports = { DATA_PORT: "0", METRICS_PORT: "0", STATS_PORT: "0", REDIS_PORT: "0" };
    const { config } = readConfig(CLUSTER_SPEC, { ...ports, [variable]: `${port}` });
    await assertRejects(
      () => clusterPorts(config),
      ConfigError,
      `${variable}=${port}: already in use`,
    );
  }
});

Deno.test("withInstance adds the replica to the end of each line", () => {
  const lines = new TextEncoder().encode('{"a":{"b":"}"}}\n{"a":1}\n');
  assertEquals(
    new TextDecoder().decode(withInstance(lines, "m2")),
    '{"a":{"b":"}"},"instance":"m2"}\n{"a":1,"instance":"m2"}\n',
  );
});
