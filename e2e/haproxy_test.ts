/** HAProxy in front of real metrics_servers. Needs haproxy. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { startProcess } from "../tools/processes/mod.ts";
import {
  freePort,
  hasProgram,
  type Service,
  startDataServer,
  startMetricsServer,
  testConfiguration,
  until,
} from "./harness/mod.ts";

const CONFIG_FILE = `${import.meta.dirname}/../deploy/haproxy/haproxy.cfg`;
const HAS_HAPROXY = hasProgram("haproxy", "-v");

/** Enough requests to reach each of three replicas. */
const REQUESTS = 30;
/** Clients that send requests without a pause during a rolling restart. */
const CLIENTS = 8;

const VALUE = "/telemetry/GetMetric?switch_id=sw-001&metric=latency_us";
const LIST = "/telemetry/ListMetrics";

interface Answer {
  /** 0 if the request failed. */
  readonly status: number;
  /** The replica that responded. */
  readonly by: string | null;
  readonly retry_after: string | null;
  readonly text: string;
}

/** One request on its own connection. */
async function get(url: string): Promise<Answer> {
  using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
  try {
    const answer = await fetch(url, { client });
    const [by, retry_after] = ["x-served-by", "retry-after"].map((name) =>
      answer.headers.get(name)
    );
    return { status: answer.status, by, retry_after, text: await answer.text() };
  } catch (error) {
    return { status: 0, by: null, retry_after: null, text: String(error) };
  }
}

/** Three replicas of one source behind the committed configuration. */
class Fleet implements AsyncDisposable {
  readonly url: string;

  private constructor(
    readonly source: string,
    readonly replicas: Service[],
    port: number,
    private readonly others: AsyncDisposable,
  ) {
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<Fleet> {
    await using others = new AsyncDisposableStack();
    const source = `${others.use(await startDataServer()).url}/counters`;
    const replicas = await Promise.all([1, 2, 3].map(() => startMetricsServer(source)));
    for (const replica of replicas) await replica.log.wait("poll.run");
    const port = freePort();
    others.use(startHaproxy(port, replicas));
    const fleet = new Fleet(source, replicas, port, others.move());
    await fleet.untilServedBy("m1", "m2", "m3");
    return fleet;
  }

  /** The replicas that answer {@link REQUESTS} requests, all with 200. */
  async servedBy(path = VALUE): Promise<(string | null)[]> {
    const answers = [];
    for (let n = 0; n < REQUESTS; n++) answers.push(await get(this.url + path));
    assertEquals(answers.filter(({ status }) => status !== 200), []);
    return [...new Set(answers.map(({ by }) => by))].sort();
  }

  async untilServedBy(...names: string[]): Promise<void> {
    await until(`answers by ${names.join(", ")}`, async () => {
      const answers = await Promise.all(Array.from({ length: 12 }, () => get(this.url + VALUE)));
      return `${[...new Set(answers.map(({ by }) => by))].sort()}` === `${names}`;
    });
  }

  /** Stops a replica, starts it again at once, and waits until it gets requests again. */
  async restart(index: number): Promise<void> {
    const { port } = this.replicas[index];
    await this.replicas[index].stop();
    this.replicas[index] = await startMetricsServer(this.source, { PORT: port });
    await this.untilServedBy("m1", "m2", "m3");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const replica of this.replicas) await replica[Symbol.asyncDispose]();
    await this.others[Symbol.asyncDispose]();
  }
}

function startHaproxy(port: number, replicas: readonly Service[]) {
  return startProcess(["haproxy", "-f", CONFIG_FILE], {
    env: {
      TELEMETRY_BIND: `127.0.0.1:${port}`,
      STATS_BIND: `127.0.0.1:${freePort()}`,
      ...Object.fromEntries(
        replicas.map(({ port }, index) => [`REPLICA_${index + 1}`, `127.0.0.1:${port}`]),
      ),
    },
    kill_with_parent: true,
  });
}

/** Sends requests from {@link CLIENTS} clients until `work` is done; returns what failed. */
async function failuresDuring(url: string, work: () => Promise<void>): Promise<Answer[]> {
  const failures: Answer[] = [];
  let is_done = false;
  const clients = Array.from({ length: CLIENTS }, async (_, index) => {
    while (!is_done) {
      const answer = await get(url + (index % 4 === 0 ? LIST : VALUE));
      if (answer.status !== 200) failures.push(answer);
    }
  });
  await work().finally(() => is_done = true);
  await Promise.all(clients);
  return failures;
}

testConfiguration(
  "the configuration",
  CONFIG_FILE,
  [{}, { REPLICAS_HOST: "localhost:8080" }],
  !HAS_HAPROXY,
);

Deno.test({
  name: "HAProxy balances three replicas and serves through stops, restarts and freezes",
  ignore: !HAS_HAPROXY,
  async fn(t) {
    await using fleet = await Fleet.start();
    const { url, replicas } = fleet;

    await t.step("values and lists reach each replica", async () => {
      assertEquals(await fleet.servedBy(), ["m1", "m2", "m3"]);
      assertEquals(await fleet.servedBy(LIST), ["m1", "m2", "m3"]);
    });
    await t.step("/metrics is 404", async () => {
      assertEquals((await get(`${url}/metrics`)).status, 404);
    });
    await t.step("a replica's own 503 arrives with its reason", async () => {
      const { status, text } = await get(`${url}${VALUE}&max_age_ms=0`);
      assertEquals(status, 503);
      assertMatch(text, /problem:too-stale/);
    });
    await t.step("a rolling restart under load fails no request", async () => {
      const failures = await failuresDuring(url, async () => {
        for (const index of replicas.keys()) await fleet.restart(index);
      });
      assertEquals(failures, []);
    });
    await t.step("a killed replica fails no request", async () => {
      replicas[0].signal("SIGKILL");
      assertEquals(await fleet.servedBy(), ["m2", "m3"]);
    });
    await t.step("a replica that stands still fails no request, and then gets none", async () => {
      replicas[1].signal("SIGSTOP");
      assert((await fleet.servedBy()).includes("m3"));
      await fleet.untilServedBy("m3");
    });
    await t.step(
      "without a ready replica clients get 503, Retry-After and the reason",
      async () => {
        replicas[2].signal("SIGSTOP");
        await until("no replica to be ready", async () => (await get(url + VALUE)).status === 503);
        const { retry_after, text } = await get(url + VALUE);
        assertEquals(retry_after, "1");
        assertEquals(JSON.parse(text).detail, "No metrics_server is ready: try again");
      },
    );
  },
});
