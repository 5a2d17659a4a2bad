/**
 * The rehearsal, without Docker: makes the folder that each Dockerfile describes, runs its start
 * command there in Compose's environment, and waits for its health check to pass.
 */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { freePort, runProcess } from "../tools/processes/mod.ts";
import { until } from "../tools/verdict/mod.ts";
import { type Container, containerEnv, type PortMap, startContainer } from "./testing/container.ts";
import {
  contextFiles,
  copiedFiles,
  type Dockerfile,
  dockerignore,
  layOut,
  parseDockerfile,
} from "./testing/image.ts";
import { IMAGES, PROJECT, readProject, readText } from "./testing/project.ts";

const { compose, dockerfiles } = readProject();
const CONTEXT = contextFiles(PROJECT, dockerignore(readText(".dockerignore")));

/** Wait for a container whose health check is missing. */
const NOT_HEALTHY_MS = 1_000;

/** A free port for each service's port. */
function freePorts(): PortMap {
  return Object.fromEntries(
    IMAGES.map(({ service }) => [service, { [dockerfiles[service].env.PORT]: freePort() }]),
  );
}

/** Makes the image's folder and starts it; removes both after `use`. */
async function withContainer(
  service: string,
  dockerfile: Dockerfile,
  ports: PortMap,
  use: (container: Container, image_root: string) => Promise<void>,
): Promise<void> {
  const image_root = await Deno.makeTempDir({ prefix: `rehearse-${service}-` });
  try {
    layOut(dockerfile, PROJECT, CONTEXT, image_root);
    const env = containerEnv(service, dockerfile, compose[service], ports, image_root);
    const container = startContainer(dockerfile, image_root, env);
    try {
      await use(container, image_root);
    } finally {
      await container.stop();
    }
  } finally {
    await Deno.remove(image_root, { recursive: true });
  }
}

function without(dockerfile: Dockerfile, source: string): Dockerfile {
  const copies = dockerfile.copies.filter(({ sources }) => !sources.includes(source));
  assertEquals(copies.length, dockerfile.copies.length - 1);
  return { ...dockerfile, copies };
}

Deno.test("both images start from the files they copy, get healthy, and serve telemetry", async () => {
  const ports = freePorts();
  await withContainer("data-server", dockerfiles["data-server"], ports, async (data) => {
    await data.healthy();
    await withContainer("metrics-server", dockerfiles["metrics-server"], ports, async (metrics) => {
      await metrics.healthy();
      const url = `http://127.0.0.1:${ports["metrics-server"][8080]}`;
      const answer = await untilOk(`${url}/telemetry/GetMetric?switch_id=sw-000&metric=latency_us`);
      assertEquals(answer.switch_id, "sw-000");
      assertEquals((await metrics.stop()).code, 0);
    });
    assertEquals((await data.stop()).code, 0);
  });
});

Deno.test("the health check asks HEALTH_PORT if it is set, which has no TLS", async () => {
  const listening = { hostname: "127.0.0.1", port: 0, onListen() {} };
  await using health = Deno.serve(listening, () => new Response());
  const check = `${import.meta.dirname}/healthcheck.ts`;
  for (const [HEALTH_PORT, code] of [[String(health.addr.port), 0], ["", 1]] as const) {
    const result = await runProcess([Deno.execPath(), "run", "--allow-net", "--allow-env", check], {
      env: { HEALTH_PORT, PORT: String(freePort()) },
    });
    assertEquals(result.code, code, result.stderr);
  }
});

for (const { service } of IMAGES) {
  Deno.test(`${service} writes nothing outside its tmpfs`, async () => {
    const dockerfile = dockerfiles[service];
    await withContainer(service, dockerfile, freePorts(), async (container, image_root) => {
      await container.healthy();
      assertEquals((await container.stop()).code, 0);
      const copied = dockerfile.copies.flatMap((copy) => copiedFiles(copy, CONTEXT));
      const root = new URL(`file://${image_root}/`);
      const left = contextFiles(root, (path) => !path.startsWith("tmp/"));
      const workdir = dockerfile.workdir.slice(1);
      const expected = copied.map(({ to }) => `${workdir}/${to.replace(/^(\.\/+)+/, "")}`).sort();
      assertEquals(left, expected);
    });
  });

  for (const source of dockerfiles[service].copies.flatMap(({ sources }) => sources)) {
    Deno.test(`${service} needs COPY ${source}: the rehearsal fails without it`, async () => {
      const broken = without(dockerfiles[service], source);
      await withContainer(service, broken, freePorts(), async (container) => {
        const [wait_ms, why] = source === "deploy/healthcheck.ts"
          ? [NOT_HEALTHY_MS, `was not healthy within ${NOT_HEALTHY_MS} ms`]
          : [undefined, "ended"];
        await assertRejects(() => container.healthy(wait_ms), Error, `the container ${why}`);
      });
    });
  }
}

Deno.test("the rehearsal fails for a COPY of a path outside the build context", () => {
  const { copies } = parseDockerfile("FROM x\nCOPY deno.json ./\nCOPY platfrom platform");
  assertThrows(
    () => copies.map((copy) => copiedFiles(copy, CONTEXT)),
    Error,
    "COPY platfrom: not in the build context (missing, or in .dockerignore)",
  );
});

Deno.test("the build context has no tests, no .env and no files of git or dev", () => {
  assert(CONTEXT.includes("metrics_server/main.ts"));
  const unwanted = CONTEXT.filter((path) => /_test\.ts$|^\.|^(dev|bench|e2e|docs)\//.test(path));
  assertEquals(unwanted, []);
});

function untilOk(url: string): Promise<Record<string, unknown>> {
  return until(`${url} to answer 200`, async () => {
    const answer = await fetch(url);
    const body: Record<string, unknown> = await answer.json();
    return answer.status === 200 && body;
  }, { wait_ms_max: 5_000 });
}
