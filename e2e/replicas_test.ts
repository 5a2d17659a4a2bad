/** metrics_servers that share a real Redis: one polls, all serve the same snapshots. */
import { assert, assertEquals } from "@std/assert";
import type { ReplicaStats } from "../contracts/mod.ts";
import { HAS_REDIS, startRedis } from "../metrics_server/redis/testing/redis_server.ts";
import {
  FakeSource,
  freePort,
  getMetric,
  listMetrics,
  request,
  serveSnapshot,
  type Service,
  type ServiceEnv,
  startMetricsServer,
  stats,
  until,
} from "./harness/mod.ts";

const LEASE_MS = 2000;
const POLL_MS = 200;
const CSV = (value: number) => `switch_id,m\nsw-0,${value}\nsw-1,${value}\n`;

async function roleOf(server: Service): Promise<ReplicaStats> {
  return (await stats(server)).sources[0].replica!;
}

/** A source, a Redis, and replicas on both. */
class Cluster implements AsyncDisposable {
  readonly source = new FakeSource(serveSnapshot(CSV(0)));
  readonly replicas: Service[] = [];
  readonly port = freePort();
  #redis: AsyncDisposable | null = null;
  #n = 0;

  /** A new sample: the n-th since the start. */
  change(marks: { id?: string } = { id: `boot-${this.#n + 1}` }): number {
    this.#n++;
    this.source.behavior = serveSnapshot(CSV(this.#n), { ...marks, snapshot_ts: Date.now() });
    return this.#n;
  }

  async startStore(): Promise<void> {
    this.#redis = await startRedis([], this.port);
  }

  async endStore(): Promise<void> {
    await this.#redis?.[Symbol.asyncDispose]();
    this.#redis = null;
  }

  async add(env: ServiceEnv = {}): Promise<Service> {
    const server = await startMetricsServer(this.source.url, {
      SNAPSHOT_STORE: `redis://127.0.0.1:${this.port}`,
      LEASE_MS,
      POLL_MS,
      ...env,
    });
    this.replicas.push(server);
    return server;
  }

  /** The leader and the others, once one of them leads. */
  async roles(servers = this.replicas): Promise<[leader: Service, followers: Service[]]> {
    let leaders: Service[] = [];
    await until("one leader, and followers of it", async () => {
      const roles = await Promise.all(servers.map(roleOf));
      leaders = servers.filter((_, at) => roles[at].role === "leader");
      const followers = roles.filter(({ role }) => role === "follower");
      return leaders.length === 1 && followers.length === servers.length - 1;
    });
    return [leaders[0], servers.filter((server) => server !== leaders[0])];
  }

  /** Waits until all serve the n-th sample. */
  async serve(n: number, servers = this.replicas): Promise<void> {
    await until(`all serve sample ${n}`, async () => {
      const answers = await Promise.all(servers.map((server) => getMetric(server, "sw-0", "m")));
      return answers.every((answer) => answer.status === 200 && answer.json().value === n);
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const replica of this.replicas) await replica[Symbol.asyncDispose]();
    await this.endStore();
    await this.source[Symbol.asyncDispose]();
  }
}

function withReplicas(promise: string, count: number, fn: (cluster: Cluster) => Promise<void>) {
  Deno.test({
    name: promise,
    ignore: !HAS_REDIS,
    async fn() {
      await using cluster = new Cluster();
      await cluster.startStore();
      cluster.change();
      for (let n = 0; n < count; n++) await cluster.add();
      await fn(cluster);
    },
  });
}

withReplicas("three replicas poll a source as often as one", 3, async (cluster) => {
  const { source } = cluster;
  const [leader, followers] = await cluster.roles();
  const from = (await stats(leader)).poller.polls;
  const requests_before = source.requests.length;
  await until("ten polls", async () => (await stats(leader)).poller.polls >= from + 10);
  const requests = source.requests.length - requests_before;
  const polls = (await stats(leader)).poller.polls - from;
  assert(requests <= polls + 1, `${requests} requests in ${polls} polls of the leader`);
  for (const follower of followers) assertEquals((await stats(follower)).poller.polls, 0);
});

withReplicas("a snapshot has one id, ETag and cursor on every replica", 3, async (cluster) => {
  // Without an ETag of the source, the leader makes the id up.
  await cluster.serve(cluster.change({}));
  const lists = await Promise.all(cluster.replicas.map((server) => listMetrics(server)));
  assertEquals(new Set(lists.map(({ headers }) => headers.get("etag"))).size, 1);
  const [first, second] = cluster.replicas;
  const page = (await request(first, "/telemetry/ListMetrics?limit=1")).json();
  const cursor = encodeURIComponent(page.next_cursor);
  const next = await request(second, `/telemetry/ListMetrics?limit=1&cursor=${cursor}`);
  assertEquals([next.status, next.json().items[0].switch_id], [200, "sw-1"]);
  const headers = { "if-none-match": lists[0].headers.get("etag")! };
  assertEquals((await listMetrics(second, { headers })).status, 304);
});

withReplicas("a stream goes on at another replica from its last event", 2, async (cluster) => {
  const [first, second] = cluster.replicas;
  await cluster.serve(cluster.change());
  const { snapshot_id } = (await listMetrics(first)).json();
  const headers = { "last-event-id": snapshot_id };
  const response = await fetch(`${second.url}/telemetry/stream`, { headers });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  cluster.change();
  let text = "";
  while (!text.includes("event: ")) text += (await reader.read()).value;
  await reader.cancel();
  assert(text.includes("event: change"), `no snapshot is sent again: ${text}`);
});

withReplicas("a killed leader is replaced within its lease and one poll", 3, async (cluster) => {
  const [leader, followers] = await cluster.roles();
  leader.signal("SIGKILL");
  const n = cluster.change();
  await cluster.serve(n, followers);
  const [heir] = await cluster.roles(followers);
  assert((await stats(heir)).poller.polls > 0);
});

withReplicas("a stopped leader hands over at once, not when its lease ends", 0, async (cluster) => {
  for (let n = 0; n < 2; n++) await cluster.add({ LEASE_MS: 60_000 });
  const [leader, [follower]] = await cluster.roles();
  assertEquals((await leader.stop()).code, 0);
  await until("the follower to lead", async () => (await roleOf(follower)).role === "leader");
});

withReplicas("a frozen leader that wakes up overwrites no newer snapshot", 2, async (cluster) => {
  const [leader, [follower]] = await cluster.roles();
  leader.signal("SIGSTOP");
  await cluster.serve(cluster.change(), [follower]);
  const n = cluster.change();
  await cluster.serve(n, [follower]);
  const { fence } = await roleOf(follower);
  leader.signal("SIGCONT");
  await until("it to follow", async () => (await roleOf(leader)).role === "follower");
  await cluster.serve(n);
  assertEquals((await roleOf(leader)).fence, fence, "no further election");
});

withReplicas(
  "without Redis all serve on and poll; with it again, one polls",
  3,
  async (cluster) => {
    await cluster.roles();
    await cluster.endStore();
    await until("all to poll alone", async () => {
      const all = await Promise.all(cluster.replicas.map(roleOf));
      return all.every(({ role }) => role === "alone");
    });
    await cluster.serve(cluster.change());
    const [{ store }] = await Promise.all(cluster.replicas.map(stats));
    assertEquals([store!.working, store!.kind], [false, "redis"]);
    const metrics = await request(cluster.replicas[0], "/metrics");
    assert(metrics.text.includes("fabric_telemetry_store_working 0"), metrics.text);
    await cluster.startStore();
    await cluster.roles();
    await cluster.serve(cluster.change());
    await until("the store to work", async () => (await stats(cluster.replicas[0])).store!.working);
  },
);

withReplicas("a new replica serves from its first request, without a poll", 1, async (cluster) => {
  await cluster.roles();
  await cluster.serve(cluster.change());
  const late = await cluster.add();
  const answer = await getMetric(late, "sw-0", "m");
  assertEquals([answer.status, (await stats(late)).poller.polls], [200, 0]);
  assertEquals(late.log.all("snapshot.adopted").length, 1);
});

withReplicas("a replica that starts in an outage serves what Redis holds", 1, async (cluster) => {
  await cluster.serve(cluster.change());
  await cluster.replicas[0].stop();
  await cluster.source.refuse();
  const late = await cluster.add();
  assertEquals((await getMetric(late, "sw-0", "m")).status, 200);
  assertEquals((await stats(late)).sources[0].restored, true);
});
