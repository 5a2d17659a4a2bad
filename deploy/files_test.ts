/** The Dockerfiles and docker-compose.yml, checked against the project. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { SPEC as DATA_SPEC } from "../data_server/mod.ts";
import deno_json from "../deno.json" with { type: "json" };
import { METRICS_SERVER_SPEC } from "../metrics_server/mod.ts";
import { HAS_REDIS, startRedis } from "../metrics_server/redis/testing/redis_server.ts";
import { canRun, runProcess, taskCommand } from "../tools/processes/mod.ts";
import { STOP_MS_MAX } from "./testing/container.ts";
import { IMAGES, parseYamlDocuments, PROJECT, readProject, readText } from "./testing/project.ts";

const { compose, dockerfiles, toxiproxy } = readProject();

/** Variables that Deno itself reads. */
const DENO_VARIABLES = ["DENO_DIR", "OTEL_SERVICE_NAME", "OTEL_EXPORTER_OTLP_TIMEOUT"];

const SPECS = { "data-server": DATA_SPEC, "metrics-server": METRICS_SERVER_SPEC };

for (const { service, folder, task } of IMAGES) {
  const dockerfile = dockerfiles[service];
  const declared = compose[service];

  Deno.test(`${folder}/Dockerfile runs the words of its task, on the pinned Deno, not as root`, () => {
    assertEquals(dockerfile.from, "denoland/deno:2.9.6");
    assertEquals(dockerfile.user, "deno");
    assertEquals(dockerfile.entrypoint, ["deno"]);
    assertEquals(dockerfile.command, taskCommand(deno_json.tasks[task]).args);
  });

  Deno.test(`${folder}/Dockerfile exposes its port, which Compose publishes on 127.0.0.1`, () => {
    const port = Number(dockerfile.env.PORT);
    assertEquals(dockerfile.expose, [port]);
    assertEquals(declared.environment?.PORT, String(port));
    assertEquals(declared.ports, [`127.0.0.1:${port}:${port}`]);
  });

  Deno.test(`${service} reads every variable that is set`, () => {
    const set = { ...dockerfile.env, ...declared.environment };
    const known = [...Object.keys(SPECS[service]), ...DENO_VARIABLES];
    assertEquals(Object.keys(set).filter((name) => !known.includes(name)), []);
    for (const [name, value] of Object.entries(set)) assertEquals(typeof value, "string", name);
  });

  Deno.test(`${service} is built from its Dockerfile and reads an optional .env`, () => {
    assertEquals(declared.build, { context: ".", dockerfile: `${folder}/Dockerfile` });
    assertEquals(declared.env_file, [{ path: ".env", required: false }]);
    assertMatch(declared.tmpfs?.[0] ?? "", /^\/tmp:/);
    assertMatch(dockerfile.env.DENO_DIR, /^\/tmp\//);
  });
}

for (const [name, service] of Object.entries(compose)) {
  Deno.test(`${name} runs with a read-only root, no capabilities and limited resources`, () => {
    assertEquals(service.read_only, true);
    assertEquals(service.cap_drop, ["ALL"]);
    assertEquals(service.security_opt, ["no-new-privileges:true"]);
    assertEquals(service.init, true);
    assertEquals(service.stop_grace_period, `${STOP_MS_MAX / 1_000}s`);
    assertMatch(service.mem_limit ?? "", /^\d+m$/);
    assertEquals(service.logging?.driver, "json-file", "rotated");
    assertMatch(service.logging?.options["max-size"] ?? "", /^\d+m$/);
    assert((service.pids_limit ?? 0) > 0);
    for (const port of service.ports ?? []) assertMatch(port, /^127\.0\.0\.1:/);
  });

  Deno.test(`${name} waits only for services with a health check`, () => {
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      assertEquals(condition, "service_healthy");
      const { healthcheck, build } = compose[other];
      const image = IMAGES.find(({ folder }) => build?.dockerfile === `${folder}/Dockerfile`);
      assert(healthcheck ?? (image && dockerfiles[image.service].healthcheck.length));
    }
  });
}

Deno.test("metrics-server polls data-server by its service name and waits until it is healthy", () => {
  const { environment, depends_on } = compose["metrics-server"];
  assertEquals(environment?.UPSTREAM_URL, "http://data-server:9001/counters");
  assertEquals(depends_on, { "data-server": { condition: "service_healthy" } });
});

Deno.test("Compose reads UPSTREAM_URL, DATA_PORT and METRICS_PORT from the environment", () => {
  const { compose } = readProject({
    UPSTREAM_URL: "http://toxiproxy:8666/counters",
    DATA_PORT: "1",
    METRICS_PORT: "2",
  });
  assertEquals(
    compose["metrics-server"].environment?.UPSTREAM_URL,
    "http://toxiproxy:8666/counters",
  );
  assertEquals(compose["data-server"].ports, ["127.0.0.1:1:9001"]);
  assertEquals(compose["metrics-server"].ports, ["127.0.0.1:2:8080"]);
});

Deno.test("profile cluster: three replicas share a Redis, and only HAProxy is published", () => {
  const { "metrics-server": server, "metrics-replica": replica, redis, haproxy } = compose;
  const { profiles, scale, ports, environment, depends_on, ...rest } = replica;
  assertEquals([profiles, scale, ports], [["cluster"], 3, []]);
  const { ports: _, environment: own, depends_on: __, ...others } = server;
  assertEquals(rest, others);
  assertEquals(environment, { ...own, SNAPSHOT_STORE: "redis://redis:6379/0" });
  assertEquals(Object.keys(depends_on!), ["data-server", "redis"]);
  assertEquals([redis.profiles, redis.ports], [["cluster"], undefined]);
  assertEquals(haproxy.ports, ["127.0.0.1:8088:8080", "127.0.0.1:8404:8404"]);
  assertEquals(haproxy.environment?.REPLICAS_HOST, "metrics-replica:8080");
});

Deno.test("Redis has the same image, options and memory in Compose and Kubernetes", () => {
  const [deployment] = parseYamlDocuments<{
    spec: { template: { spec: { containers: RedisContainer[] } } };
  }>(readText("deploy/kubernetes/redis/redis.yml"));
  const [{ image, args, resources }] = deployment.spec.template.spec.containers;
  const { redis } = compose;
  assertEquals(redis.image, image);
  assertEquals([...redis.command!, "--requirepass", "$(REDIS_PASSWORD)"], args);
  assertEquals(redis.mem_limit!.replace("m", "Mi"), resources.limits.memory);
});

interface RedisContainer {
  image: string;
  args: string[];
  resources: { limits: { memory: string } };
}

Deno.test({
  name: "profile cluster: Redis starts with its options (needs redis-server)",
  ignore: !HAS_REDIS,
  async fn() {
    await using redis = await startRedis(compose.redis.command);
    const cli = ["redis-cli", "-p", `${redis.port}`, "config", "get"];
    const get = async (name: string) => (await runProcess([...cli, name])).stdout.split("\n")[1];
    assertEquals(await get("maxmemory-policy"), "noeviction");
    assertEquals(await get("save"), "");
  },
});

Deno.test("profile front-door: HAProxy is published on 127.0.0.1, in front of metrics-server", () => {
  const { profiles, ports, environment, depends_on } = compose["front-door"];
  assertEquals([profiles, ports], [["front-door"], ["127.0.0.1:8443:8443"]]);
  assertEquals(environment?.METRICS_SERVER, "metrics-server:8080");
  assertEquals(depends_on, { "metrics-server": { condition: "service_healthy" } });
});

for (const name of ["haproxy", "front-door"]) {
  Deno.test({
    name: `${name}: HAProxy accepts its configuration in its environment (needs haproxy)`,
    ignore: !canRun(["haproxy", "-v"]),
    async fn() {
      const { command, volumes, environment } = compose[name];
      const [from, to] = volumes![0].split(":");
      const mounted = new URL(command!.at(-1)!.replace(to, from), PROJECT);
      const path = decodeURIComponent(mounted.pathname);
      // Names of services are known in Compose only.
      const env = { ...environment };
      if (env.METRICS_SERVER) env.METRICS_SERVER = "127.0.0.1:8080";
      const { code, stderr } = await runProcess(["haproxy", "-c", "-f", path], { env });
      assertEquals([code, stderr], [0, ""]);
    },
  });
}

Deno.test("toxiproxy keeps -host, is only in profile chaos and proxies data-server's port", () => {
  const { profiles, image, command, healthcheck, volumes } = compose.toxiproxy;
  assertEquals(profiles, ["chaos"]);
  assertEquals(image, "ghcr.io/shopify/toxiproxy:2.12.0");
  assertEquals(command, ["-host=0.0.0.0", "-config=/etc/toxiproxy.json"]);
  assertEquals(healthcheck?.test, ["CMD", "/toxiproxy-cli", "list"]);
  assertEquals(volumes, ["./deploy/toxiproxy.json:/etc/toxiproxy.json:ro"]);
  assertEquals(toxiproxy, [{
    name: "counters",
    listen: "0.0.0.0:8666",
    upstream: `data-server:${dockerfiles["data-server"].env.PORT}`,
    enabled: true,
  }]);
});

Deno.test("docker-compose.yml shows how to poll through toxiproxy", () => {
  const text = Deno.readTextFileSync(new URL("../docker-compose.yml", import.meta.url));
  const [, port] = toxiproxy[0].listen.split(":");
  assertStringIncludes(
    text,
    `UPSTREAM_URL=http://toxiproxy:${port}/counters docker compose --profile chaos`,
  );
});

Deno.test("Compose links the dashboard to Prometheus only if PROMETHEUS_URL is set", () => {
  const given = (env: Record<string, string>) =>
    readProject(env).compose["metrics-server"].environment?.PROMETHEUS_URL;
  assertEquals(given({}), "");
  const [, url] = /PROMETHEUS_URL=(\S+) docker compose --profile observability/
    .exec(readText("docker-compose.yml"))!;
  assertEquals(given({ PROMETHEUS_URL: url }), url);
  assertEquals(compose.prometheus.ports, [`${new URL(url).host}:9090`]);
});
