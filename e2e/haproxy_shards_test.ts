/** Four shards and a relay behind a real HAProxy. Needs haproxy. */
import { assertEquals } from "@std/assert";
import { shardOfId } from "../contracts/mod.ts";
import { startProcess } from "../tools/processes/mod.ts";
import {
  FakeSource,
  freePort,
  hasProgram,
  HttpSocket,
  serveSnapshot,
  type Service,
  startMetricsServer,
  testConfiguration,
  until,
} from "./harness/mod.ts";

const CONFIG_FILE = `${import.meta.dirname}/../deploy/haproxy/shards.cfg`;
const HAS_HAPROXY = hasProgram("haproxy", "-v");

const SHARDS = 4;

/** Spellings of ids in a query, and the ids. HAProxy reads the last ones differently. */
const SPELLED: [sent: string, id: string][] = [
  ...Array.from({ length: 12 }, (_, n): [string, string] => [`sw-${n}`, `sw-${n}`]),
  ["sw%2D3", "sw-3"],
  ["0x248a070300e50c30:12", "0x248a070300e50c30:12"],
  ["0x248a070300e50c30%3a12", "0x248a070300e50c30:12"],
  ["a+b", "a b"],
  ["a%20b", "a b"],
  ["a%2Bb", "a+b"],
  ["a,b", "a,b"],
  ["a%2Cb", "a,b"],
  ["%C3%BC%e2%82%ac%F0%9D%9B%91", "ü€𝛑"],
  ["a%26b%3Dc", "a&b=c"],
  ["a%3Bb%3F", "a;b?"],
  ["%22q%22", '"q"'],
  ["50%25", "50%"],
  ["/a/../b", "/a/../b"],
  ["~!$'()*", "~!$'()*"],
];
const OF_RELAY: [sent: string, id: string][] = [["a;b?", "a;b?"], ["a%3Bb?", "a;b?"]];

const IDS = [...new Set([...SPELLED, ...OF_RELAY].map(([, id]) => id))];
const CSV = `switch_id,m\n${IDS.map((id, n) => `"${id.replaceAll('"', '""')}",${n}\n`).join("")}`;

interface Answer {
  readonly status: number;
  /** `<backend>/<server>` */
  readonly by: string;
  readonly text: string;
}

/** HAProxy in front of a relay and of shards, of which shard 0 has two replicas. */
class Fleet implements AsyncDisposable {
  readonly port = freePort();
  readonly shards_port = freePort();
  readonly #stack = new AsyncDisposableStack();

  private constructor(readonly shards: readonly Service[], readonly second: Service) {}

  /** @param shardOf SHARD of each process but the relay, in the order of the configuration. */
  static async start(source: string, shardOf = (index: number) => index): Promise<Fleet> {
    const start = (index: number) =>
      startMetricsServer(source, { SHARD: `${shardOf(index)}/${SHARDS}` });
    const [second, ...shards] = await Promise.all([0, 0, 1, 2, 3].map(start));
    const fleet = new Fleet(shards, second);
    for (const shard of [...shards, second]) fleet.#stack.use(shard);
    for (const shard of [...shards, second]) await shard.log.wait("poll.run");
    const urls = shards.map((_, index) =>
      `http://127.0.0.1:${fleet.shards_port}/${index}/telemetry/ListMetrics?format=csv`
    );
    const relay_port = freePort();
    fleet.#startHaproxy(relay_port);
    fleet.#stack.use(await startMetricsServer(urls.join(), { PORT: relay_port }));
    await until("the relay to have every shard", async () => {
      const { status, by, text } = await fleet.get("/telemetry/ListMetrics");
      return status === 200 && by === "relay/relay" && !text.includes("missing_sources");
    });
    await until("each shard to be ready", async () => {
      const answers = await Promise.all(IDS.slice(0, 12).map((id) => fleet.getMetric(id)));
      return new Set(answers.map(({ by }) => by.split("/")[0])).size === SHARDS;
    });
    return fleet;
  }

  #startHaproxy(relay_port: number): void {
    const env: Record<string, string> = {
      TELEMETRY_BIND: `127.0.0.1:${this.port}`,
      SHARDS_BIND: `127.0.0.1:${this.shards_port}`,
      RELAY: `127.0.0.1:${relay_port}`,
    };
    this.shards.forEach(({ port }, index) => {
      env[`SHARD_${index}_1`] = `127.0.0.1:${port}`;
      env[`SHARD_${index}_2`] = `127.0.0.1:${index === 0 ? this.second.port : port}`;
    });
    this.#stack.use(
      startProcess(["haproxy", "-f", CONFIG_FILE], { env, kill_with_parent: true }),
    );
  }

  /** A request whose target arrives as it is: `fetch` would encode and shorten it. */
  async get(target: string): Promise<Answer> {
    try {
      using socket = await HttpSocket.connect(this.port);
      await socket.sendRequest(target);
      const { status, headers, text } = await socket.read();
      return { status, by: headers.get("x-served-by") ?? "", text };
    } catch (error) {
      return { status: 0, by: "", text: String(error) };
    }
  }

  getMetric(sent: string): Promise<Answer> {
    return this.get(`/telemetry/GetMetric?metric=m&switch_id=${sent}`);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

testConfiguration(
  "the configuration of shards",
  CONFIG_FILE,
  [{}, { FOLLOW_DNS: "1" }],
  !HAS_HAPROXY,
);

Deno.test({
  name: "HAProxy sends each id to its shard, lists to the relay, and survives lost replicas",
  ignore: !HAS_HAPROXY,
  async fn(t) {
    await using source = new FakeSource(serveSnapshot(CSV, { id: "boot1-1" }));
    await using fleet = await Fleet.start(source.url);

    await t.step("each spelling of an id reaches the shard that has it", async () => {
      for (const [sent, id] of SPELLED) {
        const { status, by, text } = await fleet.getMetric(sent);
        assertEquals([status, by.split("/")[0]], [200, `shard_${shardOfId(id, SHARDS)}`], sent);
        assertEquals(JSON.parse(text).switch_id, id);
      }
    });
    await t.step("what HAProxy reads differently is answered by the relay", async () => {
      for (const [sent, id] of OF_RELAY) {
        const { status, by, text } = await fleet.getMetric(sent);
        assertEquals([status, by, JSON.parse(text).switch_id], [200, "relay/relay", id]);
      }
      const encoded = await fleet.get("/telemetry/GetMetric?metric=m&switch%5Fid=sw-1");
      assertEquals([encoded.status, encoded.by], [200, "relay/relay"]);
    });
    await t.step("invalid requests and unknown ids get the service's own answers", async () => {
      assertEquals((await fleet.getMetric("%zz")).status, 400);
      assertEquals((await fleet.getMetric("")).status, 400);
      assertEquals((await fleet.getMetric("sw-1&switch_id=sw-2")).status, 400);
      const unknown = await fleet.getMetric("sw-99");
      assertEquals([unknown.status, unknown.by.split("/")[0]], [
        404,
        `shard_${shardOfId("sw-99", SHARDS)}`,
      ]);
      assertEquals((await fleet.get("/metrics")).status, 404);
    });
    await t.step("the relay's list has the rows of all shards once", async () => {
      const { text } = await fleet.get("/telemetry/ListMetrics");
      const { items } = JSON.parse(text) as { items: { switch_id: string }[] };
      assertEquals(items.map(({ switch_id }) => switch_id).sort(), IDS.toSorted());
    });
    await t.step("a killed replica fails no request", async () => {
      const id = IDS.find((id) => shardOfId(id, SHARDS) === 0)!;
      fleet.second.signal("SIGKILL");
      for (let n = 0; n < 10; n++) assertEquals((await fleet.getMetric(id)).status, 200);
    });
    await t.step("the relay answers for a shard without replicas, and keeps its rows", async () => {
      const id = IDS.find((id) => shardOfId(id, SHARDS) === 1)!;
      fleet.shards[1].signal("SIGKILL");
      await until("the relay to answer", async () => {
        const { status, by } = await fleet.getMetric(id);
        return status === 200 && by === "relay/relay";
      });
      const { text } = await fleet.get("/telemetry/ListMetrics");
      assertEquals(JSON.parse(text).items.length, IDS.length);
    });
  },
});

Deno.test({
  name: "Behind HAProxy, a process with the wrong SHARD answers 421 with the right one",
  ignore: !HAS_HAPROXY,
  async fn() {
    await using source = new FakeSource(serveSnapshot(CSV, { id: "boot1-1" }));
    await using fleet = await Fleet.start(source.url, (index) => [0, 2, 1, 3][index]);
    for (const shard of [1, 2]) {
      const id = IDS.find((id) => shardOfId(id, SHARDS) === shard)!;
      const answer = await fleet.getMetric(id);
      assertEquals([answer.status, answer.by.split("/")[0]], [421, `shard_${shard}`]);
      const { shard: found, shards } = JSON.parse(answer.text);
      assertEquals([found, shards], [shard, SHARDS]);
    }
  },
});
