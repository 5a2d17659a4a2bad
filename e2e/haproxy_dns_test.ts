/** HAProxy follows the addresses of names, as in Compose and Kubernetes. Needs haproxy, Linux. */
import { createSocket } from "node:dgram";
import { startProcess } from "../tools/processes/mod.ts";
import {
  freePort,
  hasProgram,
  type Service,
  startDataServer,
  startMetricsServer,
  until,
} from "./harness/mod.ts";

const CONFIG_FOLDER = `${import.meta.dirname}/../deploy/haproxy`;
/** Only Linux has all of 127.0.0.0/8 on its loopback device. */
const CAN_RUN = hasProgram("haproxy", "-v") && Deno.build.os === "linux";

const VALUE = "/telemetry/GetMetric?switch_id=sw-001&metric=latency_us";
const TYPE_A = 1;
const NO_ERROR = 0x8180;
const NO_SUCH_NAME = 0x8183;

/** A name server; `addresses` may change at any time. */
async function startDns(addresses: Map<string, readonly string[]>) {
  const server = createSocket("udp4");
  server.on("message", (query, client) => {
    const labels = [];
    let at = 12;
    for (; query[at] > 0; at += query[at] + 1) {
      labels.push(query.subarray(at + 1, at + 1 + query[at]).toString());
    }
    const found = addresses.get(labels.join("."));
    const answers = query.readUInt16BE(at + 1) === TYPE_A ? found ?? [] : [];
    const head = new DataView(new ArrayBuffer(12));
    const counts = [query.readUInt16BE(0), found ? NO_ERROR : NO_SUCH_NAME, 1, answers.length];
    counts.forEach((value, index) => head.setUint16(2 * index, value));
    const records = answers.map((address) =>
      // A pointer to the name, type A, class IN, one second to live, four bytes.
      Uint8Array.of(0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 1, 0, 4, ...address.split(".").map(Number))
    );
    const parts = [new Uint8Array(head.buffer), query.subarray(12, at + 5), ...records];
    server.send(parts, client.port, client.address);
  });
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** A committed configuration with this name server instead of the system's. */
async function startHaproxy(name: string, dns_port: number, env: Record<string, string>) {
  const folder = await Deno.makeTempDir();
  const config = await Deno.readTextFile(`${CONFIG_FOLDER}/${name}`);
  const file = `${folder}/${name}`;
  const own = config.replace("parse-resolv-conf", `nameserver own 127.0.0.1:${dns_port}`);
  await Deno.writeTextFile(file, own);
  const haproxy = startProcess(["haproxy", "-f", file], { env, kill_with_parent: true });
  return {
    async [Symbol.asyncDispose]() {
      await haproxy.stop("SIGKILL");
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** metrics_servers like pods: each has an address of its own, all have one port. */
class Pods implements AsyncDisposable {
  readonly port = freePort();
  readonly #stack = new AsyncDisposableStack();

  async start(source: string, ...hosts: string[]): Promise<Service[]> {
    const env = { PORT: this.port };
    const services = await Promise.all(
      hosts.map((BIND_HOST) => startMetricsServer(source, { ...env, BIND_HOST })),
    );
    for (const service of services) this.#stack.use(service);
    return services;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** Waits until exactly these servers answer. */
async function untilServedBy(url: string, ...names: string[]): Promise<void> {
  await until(`answers by ${names}`, async () => {
    const found = new Set<string>();
    for (let n = 0; n < 8; n++) {
      const answer = await fetch(url + VALUE);
      await answer.body?.cancel();
      found.add(answer.status === 200 ? answer.headers.get("x-served-by")! : `${answer.status}`);
    }
    return `${[...found].sort()}` === `${names}`;
  }, { retry_errors: true });
}

Deno.test({
  name: "HAProxy finds replicas by one name, as they come and go",
  ignore: !CAN_RUN,
  async fn() {
    const addresses = new Map([["replicas.test", ["127.0.0.2", "127.0.0.3"]]]);
    await using dns = await startDns(addresses);
    await using data = await startDataServer();
    await using pods = new Pods();
    const [first] = await pods.start(`${data.url}/counters`, "127.0.0.2", "127.0.0.3");
    const url = `http://127.0.0.1:${freePort()}`;
    await using _haproxy = await startHaproxy("haproxy.cfg", dns.port, {
      TELEMETRY_BIND: url.slice("http://".length),
      STATS_BIND: `127.0.0.1:${freePort()}`,
      REPLICAS_HOST: `replicas.test:${pods.port}`,
    });
    await untilServedBy(url, "m1", "m2");
    addresses.set("replicas.test", ["127.0.0.3"]);
    await first.stop();
    await untilServedBy(url, "m2");
    await pods.start(`${data.url}/counters`, "127.0.0.4");
    addresses.set("replicas.test", ["127.0.0.3", "127.0.0.4"]);
    await untilServedBy(url, "m1", "m2");
  },
});

Deno.test({
  name: "HAProxy in front of shards follows the name of a relay to another address",
  ignore: !CAN_RUN,
  async fn() {
    const addresses = new Map([["relay.test", ["127.0.0.2"]]]);
    await using dns = await startDns(addresses);
    await using data = await startDataServer();
    await using pods = new Pods();
    const [first] = await pods.start(`${data.url}/counters`, "127.0.0.2", "127.0.0.3");
    const url = `http://127.0.0.1:${freePort()}`;
    await using _haproxy = await startHaproxy("shards.cfg", dns.port, {
      FOLLOW_DNS: "1",
      TELEMETRY_BIND: url.slice("http://".length),
      SHARDS_BIND: `127.0.0.1:${freePort()}`,
      RELAY: `relay.test:${pods.port}`,
    });
    await untilServedBy(url, "relay/relay");
    await first.stop();
    addresses.set("relay.test", ["127.0.0.3"]);
    await untilServedBy(url, "relay/relay");
  },
});
