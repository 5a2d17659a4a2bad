/** Replicas whose Redis fails over, behind HAProxy with `deploy/haproxy/redis.cfg`. */
import { assertEquals, assertGreater } from "@std/assert";
import type { ReplicaStats } from "../contracts/mod.ts";
import { HAS_REDIS, startRedis } from "../metrics_server/redis/testing/redis_server.ts";
import { runProcess, startProcess } from "../tools/processes/mod.ts";
import {
  freePort,
  getMetric,
  hasProgram,
  type Service,
  startDataServer,
  startMetricsServer,
  stats,
  testConfiguration,
  until,
} from "./harness/mod.ts";

const CONFIG_FILE = `${import.meta.dirname}/../deploy/haproxy/redis.cfg`;
const HAS_PROGRAMS = HAS_REDIS && hasProgram("haproxy", "-v");
const PASSWORD = "p";
const LEASE_MS = 1_000;

const roles = async (services: readonly Service[]): Promise<ReplicaStats[]> =>
  (await Promise.all(services.map(stats))).map(({ sources }) => sources[0].replica!);

/** Waits for one leader, later than election `after`, which the others follow. */
function untilLed(services: readonly Service[], after = 0): Promise<number> {
  return until("one leader and its followers", async () => {
    const found = await roles(services);
    const leaders = found.filter(({ role }) => role === "leader");
    const [leader] = leaders;
    return leaders.length === 1 && leader.fence > after &&
      found.every((one) => one.leader === leader.replica_id) && leader.fence;
  });
}

testConfiguration(
  "the configuration for Redis",
  CONFIG_FILE,
  [{}, { REDIS_PASSWORD: PASSWORD }],
  !HAS_PROGRAMS,
);

Deno.test({
  name: "replicas go on with the promoted Redis behind HAProxy (needs redis-server, haproxy)",
  ignore: !HAS_PROGRAMS,
  async fn() {
    // Copying the data to a replica of Redis takes a file.
    const dir = await Deno.makeTempDir();
    await using stack = new AsyncDisposableStack();
    stack.defer(() => Deno.remove(dir, { recursive: true }));
    const options = ["--requirepass", PASSWORD, "--dir", dir];
    const primary = stack.use(await startRedis(options));
    const follows = ["--replicaof", "127.0.0.1", `${primary.port}`, "--masterauth", PASSWORD];
    const second = stack.use(await startRedis([...options, ...follows]));
    const bind = freePort();
    await using _haproxy = startProcess(["haproxy", "-f", CONFIG_FILE], {
      env: {
        REDIS_BIND: `127.0.0.1:${bind}`,
        REDIS_PASSWORD: PASSWORD,
        REDIS_1: `127.0.0.1:${primary.port}`,
        REDIS_2: `127.0.0.1:${second.port}`,
        REDIS_3: `127.0.0.1:${freePort()}`,
      },
      kill_with_parent: true,
    });
    await using data = await startDataServer();
    const SNAPSHOT_STORE = `redis://:${PASSWORD}@127.0.0.1:${bind}`;
    const start = () => startMetricsServer(`${data.url}/counters`, { SNAPSHOT_STORE, LEASE_MS });
    await using a = await start();
    await using b = await start();
    const first_fence = await untilLed([a, b]);

    await primary.process.stop("SIGKILL");
    await until(
      "both replicas to poll alone",
      async () => (await roles([a, b])).every(({ role }) => role === "alone"),
    );
    assertEquals((await getMetric(a, "sw-001", "latency_us")).status, 200);
    const cli = ["redis-cli", "-p", `${second.port}`, "-a", PASSWORD, "--no-auth-warning"];
    await runProcess([...cli, "replicaof", "no", "one"]);

    assertGreater(await untilLed([a, b], first_fence), first_fence);
  },
});
