/** Checks the manifests against the images, the services and docker-compose.yml. */
import { assert, assertEquals, assertGreater } from "@std/assert";
import { SPEC as DATA_SPEC } from "../data_server/mod.ts";
import { METRICS_SERVER_SPEC } from "../metrics_server/mod.ts";
import { STOP_MS_MAX } from "./testing/container.ts";
import deno_json from "../deno.json" with { type: "json" };
import { IMAGES, parseYamlDocuments, readProject, readText } from "./testing/project.ts";

const { compose, dockerfiles } = readProject();
const SPECS = { "data-server": DATA_SPEC, "metrics-server": METRICS_SERVER_SPEC };

/** User of the images (`USER deno` of denoland/deno) as a number. */
const DENO_UID = 1993;

type Labels = Record<string, string>;
interface Probe {
  httpGet: { path: string; port: string };
}

interface Container {
  image: string;
  env: { name: string; value: string }[];
  ports: { name: string; containerPort: number }[];
  startupProbe: Probe;
  livenessProbe: Probe;
  readinessProbe: Probe;
  lifecycle?: { preStop: { sleep: { seconds: number } } };
  resources: { limits: { memory: string } };
  securityContext: unknown;
  volumeMounts: { name: string; mountPath: string }[];
}

interface Deployment {
  spec: {
    selector: { matchLabels: Labels };
    template: {
      metadata: { labels: Labels; annotations: Labels };
      spec: {
        terminationGracePeriodSeconds: number;
        securityContext: { runAsNonRoot: boolean; runAsUser: number };
        containers: Container[];
        volumes: { name: string }[];
      };
    };
  };
}

interface Service {
  metadata: { name: string };
  spec: { selector: Labels; ports: { port: number; targetPort: string }[] };
}

for (const { service, folder } of IMAGES) {
  const documents = parseYamlDocuments<{ kind: string }>(
    readText(`deploy/kubernetes/${folder}/${folder}.yml`),
  );
  const of = <T>(kind: string) =>
    documents.find((document) => document.kind === kind) as unknown as T;
  const { selector, template } = of<Deployment>("Deployment").spec;
  const [container, ...others] = template.spec.containers;
  const port = Number(dockerfiles[service].env.PORT);

  Deno.test(`Kubernetes, ${service}: Service and Prometheus use the port of the image`, () => {
    assertEquals(others, []);
    assertEquals(container.image, folder);
    assertEquals(container.ports, [{ name: "http", containerPort: port }]);
    assertEquals(
      of<Service>("Service").spec.ports.map(({ port, targetPort }) => [port, targetPort]),
      [
        [port, "http"],
      ],
    );
    assertEquals(template.metadata.annotations["prometheus.io/port"], String(port));
  });

  Deno.test(`Kubernetes, ${service}: the service reads every variable`, () => {
    const known = Object.keys(SPECS[service]);
    assertEquals(container.env.filter(({ name }) => !known.includes(name)), []);
    for (const { value } of container.env) assertEquals(typeof value, "string");
  });

  Deno.test(`Kubernetes, ${service}: every selector selects the pods`, () => {
    for (
      const { kind, spec } of documents as unknown as { kind: string; spec: Deployment["spec"] }[]
    ) {
      const chosen = kind === "Service"
        ? spec.selector as unknown as Labels
        : spec.selector.matchLabels;
      assertEquals(chosen, template.metadata.labels, kind);
    }
    assertEquals(selector.matchLabels, template.metadata.labels);
  });

  Deno.test(`Kubernetes, ${service}: liveness is /healthz, so old data restarts no pod`, () => {
    const readiness = service === "metrics-server" ? "/readyz" : "/healthz";
    const { startupProbe, livenessProbe, readinessProbe } = container;
    assertEquals(
      [startupProbe, livenessProbe, readinessProbe].map(({ httpGet }) => httpGet),
      ["/healthz", "/healthz", readiness].map((path) => ({ path, port: "http" })),
    );
  });

  Deno.test(`Kubernetes, ${service}: runs as in Compose: not root, read-only, with the same memory`, () => {
    const { runAsNonRoot, runAsUser } = template.spec.securityContext;
    assertEquals([runAsNonRoot, runAsUser], [true, DENO_UID]);
    assertEquals(container.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    assertEquals(container.resources.limits.memory, compose[service].mem_limit!.replace("m", "Mi"));
    const [mount] = container.volumeMounts;
    assert(dockerfiles[service].env.DENO_DIR.startsWith(`${mount.mountPath}/`));
    assertEquals(template.spec.volumes.map(({ name }) => name), [mount.name]);
  });

  Deno.test(`Kubernetes, ${service}: there is time to stop`, () => {
    const sleep_s = container.lifecycle?.preStop.sleep.seconds ?? 0;
    const left_s = template.spec.terminationGracePeriodSeconds - sleep_s;
    assertGreater(left_s * 1_000 + 1, STOP_MS_MAX);
  });
}

Deno.test("Kubernetes: no resource has the name of the cluster's own metrics-server", () => {
  for (const { folder } of IMAGES) {
    const text = readText(`deploy/kubernetes/${folder}/${folder}.yml`);
    assert(!text.includes("metrics-server"), folder);
  }
});

Deno.test("Kubernetes: images have the tag of the product's version", () => {
  for (const { folder } of IMAGES) {
    const [{ images }] = parseYamlDocuments<{ images: { newTag: string }[] }>(
      readText(`deploy/kubernetes/${folder}/kustomization.yml`),
    );
    assertEquals(images.map(({ newTag }) => newTag), [deno_json.version]);
  }
});

Deno.test("Kubernetes: metrics_server polls the Service of data_server", () => {
  const [deployment] = parseYamlDocuments<Deployment>(
    readText("deploy/kubernetes/metrics_server/metrics_server.yml"),
  );
  const [, service] = parseYamlDocuments<Service>(
    readText("deploy/kubernetes/data_server/data_server.yml"),
  );
  const { env } = deployment.spec.template.spec.containers[0];
  const { value } = env.find(({ name }) => name === "UPSTREAM_URL")!;
  assertEquals(
    value,
    `http://${service.metadata.name}:${service.spec.ports[0].port}/counters`,
  );
});
