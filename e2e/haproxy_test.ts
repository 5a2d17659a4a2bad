/** HAProxy in front of real metrics_servers. Needs haproxy. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { runProcess, startProcess } from "../tools/processes/mod.ts";
import {
  freePort,
  hasProgram,
  type Service,
  startDataServer,
  startMetricsServer,
  until,
} from "./harness/mod.ts";

const CONFIG_FILE = `${import.meta.dirname}/../deploy/haproxy/haproxy.cfg`;
const CONFIG = Deno.readTextFileSync(CONFIG_FILE);
const HAS_HAPROXY = hasProgram("haproxy", "-v");

/** Enough requests to reach each of three instances. */
const REQUESTS = 30;

/** The committed configuration with the ports of this test. */
function configFor(port: number, instances: readonly Service[]): string {
  let config = CONFIG.replace("bind 127.0.0.1:8080", `bind 127.0.0.1:${port}`);
  instances.forEach((instance, index) => {
    const line = `server m${index + 1} 127.0.0.1:${8081 + index}`;
    assert(config.includes(line), line);
    config = config.replace(line, `server m${index + 1} 127.0.0.1:${instance.port}`);
  });
  return config;
}

/** Starts a load balancer. */
async function startHaproxy(config: string, url: string): Promise<AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/haproxy.cfg`, config);
  const haproxy = startProcess(["haproxy", "-f", `${folder}/haproxy.cfg`], {
    kill_with_parent: true,
  });
  const end = async () => {
    await haproxy.stop("SIGKILL");
    await Deno.remove(folder, { recursive: true });
  };
  try {
    await until(
      "the load balancer to have an instance",
      async () => (await get(url)).status === 200,
    );
  } catch (error) {
    await end();
    throw error;
  }
  return { [Symbol.asyncDispose]: end };
}

/** One request on its own connection; `by` is the instance that responded. */
async function get(url: string): Promise<{ status: number; by: string | null; text: string }> {
  const client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  try {
    const answer = await fetch(url, { client });
    return {
      status: answer.status,
      by: answer.headers.get("x-served-by"),
      text: await answer.text(),
    };
  } catch {
    return { status: 0, by: null, text: "" };
  } finally {
    client.close();
  }
}

Deno.test({
  name: "HAProxy accepts the configuration without a warning",
  ignore: !HAS_HAPROXY,
  async fn() {
    const { stdout, stderr } = await runProcess(["haproxy", "-c", "-f", CONFIG_FILE]);
    assertMatch(stdout + stderr, /^(WARNING: )?Configuration file is valid\n$/i);
  },
});

Deno.test({
  name: "HAProxy balances three metrics_servers, keeps pages on one, and hides a stop",
  ignore: !HAS_HAPROXY,
  async fn(t) {
    await using data = await startDataServer();
    const source = `${data.url}/counters`;
    await using a = await startMetricsServer(source);
    await using b = await startMetricsServer(source);
    await using c = await startMetricsServer(source);
    const instances = [a, b, c];
    for (const instance of instances) await instance.log.wait("poll.run");
    const port = freePort();
    const url = `http://127.0.0.1:${port}`;
    const value = `${url}/telemetry/GetMetric?switch_id=sw-001&metric=latency_us`;
    await using _haproxy = await startHaproxy(configFor(port, instances), value);

    const servers = async (path: string) => {
      const answers = [];
      for (let n = 0; n < REQUESTS; n++) answers.push(await get(path));
      assertEquals(answers.filter(({ status }) => status !== 200), []);
      return [...new Set(answers.map(({ by }) => by))].sort();
    };
    await t.step("GetMetric reaches each instance", async () => {
      assertEquals(await servers(value), ["m1", "m2", "m3"]);
    });
    await t.step("pages of a list and /stats reach one instance", async () => {
      const [list, ...others] = await servers(`${url}/telemetry/ListMetrics?limit=2`);
      assertEquals(others, []);
      assertEquals(await servers(`${url}/stats`), [list]);
    });
    await t.step("/metrics is 404", async () => {
      assertEquals((await get(`${url}/metrics`)).status, 404);
    });
    await t.step(
      "no request fails while one instance stops; it then gets no more requests",
      async () => {
        const stopped = a.stop();
        const statuses = new Set<number>();
        await until("m1 to be left out", async () => {
          const answers = [await get(value), await get(value), await get(value)];
          answers.forEach(({ status }) => statuses.add(status));
          return !answers.some(({ by }) => by === "m1");
        });
        await stopped;
        assertEquals(await servers(value), ["m2", "m3"]);
        assertEquals([...statuses], [200]);
      },
    );
  },
});
