/**
 * The overlays of `deploy/kubernetes`: built by kustomize, checked against Kubernetes' schemas by
 * kubeconform, and against each other. Both come with Go if they are not on PATH; ignored without.
 */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  buildOverlay,
  kubeconform,
  kustomize,
  type Resource,
  resourcesOf,
  schemaProblems,
} from "./testing/kubernetes.ts";
import { readText } from "./testing/project.ts";

type Labels = Record<string, string>;

interface Container {
  readonly name: string;
  readonly image: string;
  readonly args?: string[];
  readonly env?: { name: string; value?: string; valueFrom?: unknown }[];
  readonly ports: { name: string; containerPort: number }[];
  readonly livenessProbe?: unknown;
  readonly readinessProbe?: unknown;
  readonly resources: { limits: { memory: string }; requests: Labels };
  readonly securityContext: { readOnlyRootFilesystem: boolean };
}

interface Workload {
  readonly replicas: number;
  readonly serviceName?: string;
  readonly template: { metadata: { labels: Labels }; spec: { containers: Container[] } };
}

interface Peer {
  readonly podSelector: { matchLabels: Labels };
}

interface Policy {
  readonly podSelector: { matchLabels: Labels };
  readonly ingress?: { from?: Peer[]; ports: { port: number }[] }[];
  readonly egress?: { to?: Peer[]; ports: { port: number }[] }[];
}

const OVERLAYS = ["single", "replicas", "shards"] as const;

const KUSTOMIZE = await kustomize();
const KUBECONFORM = KUSTOMIZE && await kubeconform();

/** Texts of the overlays; empty without kustomize. */
const TEXTS: Record<string, string> = {};
for (const overlay of OVERLAYS) {
  TEXTS[overlay] = KUSTOMIZE === null ? "" : await buildOverlay(KUSTOMIZE, overlay);
}

function overlayTest(promise: string, fn: () => void | Promise<void>): void {
  Deno.test({ name: `${promise} (needs kubectl or Go)`, ignore: KUSTOMIZE === null, fn });
}

function schemaTest(promise: string, yaml: () => string, want: (problems: string) => void): void {
  Deno.test({
    name: `${promise} (needs kubeconform or Go, and PyPI)`,
    ignore: KUBECONFORM === null,
    fn: async () => want(await schemaProblems(KUBECONFORM!, yaml())),
  });
}

function of<Spec>(overlay: string, ...kinds: string[]): Resource<Spec>[] {
  const found = resourcesOf(TEXTS[overlay]).filter(({ kind }) => kinds.includes(kind));
  return found as unknown as Resource<Spec>[];
}

const workloads = (overlay: string) => of<Workload>(overlay, "Deployment", "StatefulSet");

function workload(overlay: string, name: string): Workload {
  return workloads(overlay).find(({ metadata }) => metadata.name === name)!.spec;
}

const containerOf = ({ template }: Workload) => template.spec.containers[0];

const valueOf = (spec: Workload, name: string) =>
  containerOf(spec).env?.find((one) => one.name === name);

const selects = (labels: Labels, pod: Labels) =>
  Object.entries(labels).every(([name, value]) => pod[name] === value);

for (const overlay of OVERLAYS) {
  schemaTest(
    `${overlay}: every resource has Kubernetes' schema`,
    () => TEXTS[overlay],
    (problems) => assertEquals(problems, ""),
  );

  overlayTest(`${overlay}: every container has probes, limits and a read-only root`, () => {
    for (const { metadata, spec } of workloads(overlay)) {
      const { livenessProbe, readinessProbe, resources, securityContext } = containerOf(spec);
      assert(livenessProbe && readinessProbe, metadata.name);
      assertMatch(resources.limits.memory, /^\d+Mi$/);
      assert(resources.requests.cpu && resources.requests.memory, metadata.name);
      assertEquals(securityContext.readOnlyRootFilesystem, true);
    }
  });

  overlayTest(
    `${overlay}: each policy, budget and Service selects pods, on ports they have`,
    () => {
      const pods = workloads(overlay).map(({ spec }) => spec.template);
      const podsOf = (labels: Labels) => pods.filter((pod) => selects(labels, pod.metadata.labels));
      for (const { metadata, spec } of of<Policy>(overlay, "NetworkPolicy")) {
        const own = podsOf(spec.podSelector.matchLabels);
        assert(own.length > 0, metadata.name);
        for (const { from, ports } of spec.ingress ?? []) {
          for (const peer of from ?? []) assert(podsOf(peer.podSelector.matchLabels).length > 0);
          for (const { port } of ports) assert(hasPort(own, port), `${metadata.name}: ${port}`);
        }
        for (const { to, ports } of spec.egress ?? []) {
          for (const peer of to ?? []) {
            const peers = podsOf(peer.podSelector.matchLabels);
            for (const { port } of ports) assert(hasPort(peers, port), `${metadata.name}: ${port}`);
          }
        }
      }
      for (const { metadata, spec } of of<{ selector: Labels }>(overlay, "Service")) {
        assert(podsOf(spec.selector).length > 0, metadata.name);
      }
      const budgets = of<{ selector: { matchLabels: Labels } }>(overlay, "PodDisruptionBudget");
      for (const { spec } of budgets) assertEquals(podsOf(spec.selector.matchLabels).length, 1);
    },
  );
}

function hasPort(pods: readonly Workload["template"][], port: number): boolean {
  return pods.length > 0 &&
    pods.every(({ spec }) =>
      spec.containers[0].ports.some(({ containerPort }) => containerPort === port)
    );
}

overlayTest("replicas: three metrics_servers take the store from the secret", () => {
  const metrics = workload("replicas", "fabric-metrics");
  assertEquals(metrics.replicas, 3);
  const [secret] = of("replicas", "Secret");
  assertEquals(valueOf(metrics, "SNAPSHOT_STORE")?.valueFrom, {
    secretKeyRef: { name: secret.metadata.name, key: "SNAPSHOT_STORE" },
  });
  assertEquals(valueOf(workload("single", "fabric-metrics"), "SNAPSHOT_STORE"), undefined);
  assertEquals(TEXTS.replicas.includes("sessionAffinity"), false);
});

overlayTest(
  "replicas: Redis keeps nothing on disk, evicts nothing, and fits into its limit",
  () => {
    const args = containerOf(workload("replicas", "redis")).args!;
    const option = (name: string) => args[args.indexOf(name) + 1];
    assertEquals([option("--save"), option("--appendonly")], ["", "no"]);
    assertEquals(option("--maxmemory-policy"), "noeviction");
    const { memory } = containerOf(workload("replicas", "redis")).resources.limits;
    assert(parseInt(option("--maxmemory")) * 1.25 < parseInt(memory), memory);
  },
);

overlayTest("replicas: only metrics_servers reach Redis, which reaches nothing", () => {
  const policy = of<Policy>("replicas", "NetworkPolicy")
    .find(({ metadata }) => metadata.name === "redis")!.spec;
  const from = policy.ingress!.flatMap(({ from }) => from!.map((peer) => peer.podSelector));
  assertEquals(from, [{ matchLabels: { "app.kubernetes.io/name": "fabric-metrics" } }]);
  assertEquals(policy.egress, undefined);
});

/** The StatefulSets of `shards`: each is one shard. */
const shards = () => of<Workload>("shards", "StatefulSet");

overlayTest("shards: each shard has its SHARD and a Service of its name", () => {
  const services = of("shards", "Service").map(({ metadata }) => metadata.name);
  assertEquals(
    shards().map(({ spec }) => valueOf(spec, "SHARD")?.value),
    ["0/4", "1/4", "2/4", "3/4"],
  );
  for (const { metadata, spec } of shards()) {
    assertEquals(spec.serviceName, metadata.name);
    assert(services.includes(metadata.name));
  }
});

overlayTest(
  "shards: HAProxy has the name of each replica, for variables of its configuration",
  () => {
    const config = readText("deploy/haproxy/shards.cfg");
    const haproxy = workload("shards", "haproxy");
    const servers = containerOf(haproxy).env!.filter(({ name }) => /^SHARD_\d/.test(name));
    const pods = shards().flatMap(({ metadata, spec }) =>
      Array.from(
        { length: spec.replicas },
        (_, pod) => `${metadata.name}-${pod}.${spec.serviceName}.$(DOMAIN):8080`,
      )
    );
    assertEquals(servers.map(({ value }) => value), pods);
    for (const { name } of containerOf(haproxy).env!) {
      if (!["NAMESPACE", "DOMAIN"].includes(name)) assertStringIncludes(config, name);
    }
    assertEquals(containerOf(haproxy).args, ["-f", "/etc/haproxy/shards.cfg"]);
  },
);

overlayTest("shards: the relay polls each shard through HAProxy", () => {
  const [shard_port] = containerOf(workload("shards", "haproxy")).ports
    .filter(({ name }) => name === "shards");
  const urls = valueOf(workload("shards", "fabric-metrics-relay"), "UPSTREAM_URL")!.value!;
  assertEquals(
    urls.split(","),
    shards().map((_, shard) =>
      `http://haproxy:${shard_port.containerPort}/${shard}/telemetry/ListMetrics?format=csv`
    ),
  );
});

schemaTest(
  "the example of an autoscaler has Kubernetes' schema",
  () => readText("deploy/kubernetes/replicas/hpa.yml"),
  (problems) => assertEquals(problems, ""),
);

/** A change, and words of the problem it causes. */
const BREAKS: readonly (readonly [from: string, to: string, problem: string])[] = [
  ["containerPort:", "port:", "additional properties 'port' not allowed"],
  ["maxUnavailable: 1", "maxUnavailable: [1]", "at '/spec/maxUnavailable'"],
  ["readOnlyRootFilesystem", "readonlyRootFilesystem", "'readonlyRootFilesystem' not allowed"],
];

for (const [from, to, problem] of BREAKS) {
  schemaTest(
    `the check finds ${to}`,
    () => TEXTS.replicas.replaceAll(from, to),
    (problems) => assertStringIncludes(problems, problem),
  );
}
