/** `/openapi.json` of the running service, and its responses compared with it. */
import { assert, assertEquals } from "@std/assert";
import {
  type Answer,
  Contract,
  documentErrors,
  eventsOf,
  fabricSample,
  FakeSource,
  HttpSocket,
  request,
  type RequestOptions,
  serveSnapshot,
  type Service,
  startMetricsServer,
  WEBSOCKET_HANDSHAKE,
  within,
} from "./harness/mod.ts";

const GET_METRIC = "/telemetry/GetMetric";
const LIST_METRICS = "/telemetry/ListMetrics";
const STREAM = "/telemetry/stream";
const VALUE = `${GET_METRIC}?switch_id=sw-000&metric=latency_us`;
const OF_ANOTHER_SNAPSHOT = btoa("1 boot0-1").replaceAll("=", "");

/** Requests to a service with fresh data, without data, and with stale data. */
const REQUESTS: Record<
  "fresh" | "empty" | "off" | "stale" | "shard",
  readonly (readonly [string, RequestOptions?])[]
> = {
  fresh: [
    [VALUE],
    [GET_METRIC],
    [`${VALUE}&switch=sw-000`],
    [`${VALUE}&metric=x`],
    [`${GET_METRIC}?switch_id=%ff&metric=latency_us`],
    [`${VALUE}&max_age_ms=soon`],
    [`${VALUE}&rate=1`],
    [`${GET_METRIC}?switch_id=sw-9&metric=latency_us`],
    [`${GET_METRIC}?switch_id=sw-000&metric=watts`],
    [`${VALUE}&max_age_ms=0`],
    [LIST_METRICS],
    [LIST_METRICS, { headers: { "accept-encoding": "gzip" } }],
    [LIST_METRICS, { headers: { "if-none-match": "*" } }],
    [`${LIST_METRICS}?limit=1`],
    [`${LIST_METRICS}?limit=1&rate=1&labels=1`],
    [`${LIST_METRICS}?limit=9&format=csv`],
    [`${LIST_METRICS}?format=ndjson&fields=latency_us&switch_id=sw-00*,sw-001`],
    [`${LIST_METRICS}?limit=1&limit=1`],
    [`${LIST_METRICS}?limits=1`],
    [`${LIST_METRICS}?fields=%ff`],
    [`${LIST_METRICS}?limit=0`],
    [`${LIST_METRICS}?switch_id=sw-9`],
    [`${LIST_METRICS}?fields=watts`],
    [`${LIST_METRICS}?cursor=${OF_ANOTHER_SNAPSHOT}`],
    [`${LIST_METRICS}?max_age_ms=0`],
    [STREAM],
    [STREAM, { headers: WEBSOCKET_HANDSHAKE }],
    [STREAM, { headers: { ...WEBSOCKET_HANDSHAKE, origin: "http://elsewhere" } }],
    [STREAM, { headers: { "connection": "upgrade", "upgrade": "websocket" } }],
    [`${STREAM}?metric=a&metric=a`],
    [`${STREAM}?metric=%ff`],
    [`${STREAM}?metrics=a`],
    [`${STREAM}?switch_id=,`],
    [`${STREAM}?switch_id=sw-9`],
    [`${STREAM}?metric=watts`],
    ["/telemetry/columns"],
    ["/telemetry/columns?x=1"],
    ["/telemetry/columns", { headers: { "if-none-match": "*" } }],
    ["/stats"],
    ["/healthz"],
    ["/readyz"],
    ["/metrics"],
    ["/metrics", { headers: { accept: "application/openmetrics-text; version=1.0.0" } }],
    ["/metrics/fabric"],
    ["/metrics/fabric?x=1"],
    ["/metrics/fabric?fields=watts"],
    ["/metrics/fabric?fields=a&fields=a"],
    ["/metrics/fabric?fields=%ff"],
    ["/metrics/fabric?switch_id=,"],
    ["/metrics/fabric?switch_id=sw-9"],
    ["/metrics/fabric?fields=latency*", { headers: { "accept-encoding": "gzip" } }],
    ["/"],
    ["/", { headers: { "if-none-match": "*" } }],
    ["/openapi.json"],
    ["/openapi.json", { headers: { "accept-encoding": "gzip" } }],
    ["/openapi.json", { headers: { "if-none-match": "*" } }],
  ],
  empty: [[VALUE], [LIST_METRICS], [STREAM], ["/telemetry/columns"], ["/readyz"], ["/stats"], [
    "/metrics/fabric",
  ], ["/metrics/fabric?switch_id=sw-9"]],
  off: [["/metrics/fabric"]],
  stale: [[VALUE], [LIST_METRICS], [STREAM], ["/readyz"], ["/metrics/fabric"]],
  shard: [
    [VALUE],
    [LIST_METRICS],
    [LIST_METRICS, { headers: { "if-none-match": "*" } }],
    [`${LIST_METRICS}?switch_id=sw-000`],
    [`${STREAM}?switch_id=sw-000`],
    [STREAM, { headers: WEBSOCKET_HANDSHAKE }],
    ["/metrics/fabric?switch_id=sw-000"],
    ["/stats"],
  ],
};

/** Documented responses that need a full, slow, huge, stopping or broken service. */
const UNTESTED = [
  "ListMetrics 503 list-not-ready",
  "ListMetrics 503 list-too-long",
  "ListMetrics 503 too-many-lists",
  "fabric_metrics 503 list-not-ready",
  "fabric_metrics 503 too-many-lists",
  "readyz 503 stopping",
  "stream 400 stream-too-wide",
  "stream 503 too-many-streams",
];

/** Status and problem type. */
function kindOf({ status, headers, json }: Answer): string {
  const is_problem = headers.get("content-type") === "application/problem+json";
  return is_problem ? `${status} ${json().type.split(":").at(-1)}` : `${status}`;
}

/** A response; of a stream only its head. */
async function get(server: Service, target: string, options: RequestOptions = {}): Promise<Answer> {
  using socket = await HttpSocket.connect(server.port);
  await socket.sendRequest(target, options);
  return await within(
    `the response to ${target}`,
    (async () => {
      const head = await socket.readHead();
      const is_endless = head.status === 101 ||
        head.headers.get("content-type") === "text/event-stream";
      const bytes = is_endless ? new Uint8Array(0) : await socket.readBody(head, options.method);
      const plain = head.headers.get("content-encoding") === "gzip"
        ? new Response(bytes).body!.pipeThrough(new DecompressionStream("gzip"))
        : bytes;
      const text = await new Response(plain).text();
      return { ...head, bytes, text, json: () => JSON.parse(text) };
    })(),
  );
}

/** All documented responses: operation, status, problem. */
function documented({ document }: Contract): string[] {
  const { paths, components } = document;
  return Object.values(paths).flatMap(({ get: { operationId, responses } }) =>
    Object.entries(responses).flatMap(([status, response]) => {
      if ("$ref" in response) return [];
      const schema = response.content?.["application/problem+json"]?.schema;
      if (schema === undefined) return [`${operationId} ${status}`];
      return [schema.oneOf ?? schema].flat().map((kind) => {
        const name = (kind as { $ref: string }).$ref.split("/").at(-1)!;
        const { type } = components.schemas[name].properties as { type: { const: string } };
        return `${operationId} ${status} ${type.const.split(":").at(-1)}`;
      });
    })
  );
}

Deno.test("the document is valid OpenAPI 3.1 and lists exactly the service's responses", async (t) => {
  const snapshot_ts = Date.now() - 60_000;
  const marks = { id: "boot1-1", snapshot_ts };
  await using source = new FakeSource(serveSnapshot(fabricSample(30), marks));
  await using silent = new FakeSource(serveSnapshot("switch_id,a\n"));
  await using fresh = await startMetricsServer(source.url, {
    METRICS_FABRIC: "on",
    STREAM_WEBSOCKET: "on",
  });
  await using empty = await startMetricsServer(silent.url, { METRICS_FABRIC: "on" });
  await using off = await startMetricsServer(silent.url);
  await using stale = await startMetricsServer(source.url, {
    MAX_STALE_MS: 1,
    METRICS_FABRIC: "on",
  });
  // sw-000 belongs to the other shard.
  await using shard = await startMetricsServer(source.url, {
    SHARD: "0/2",
    METRICS_FABRIC: "on",
  });
  const services = { fresh, empty, off, stale, shard };
  await Promise.all([
    fresh.log.wait("poll.run"),
    empty.log.wait("poll.error"),
    stale.log.wait("poll.run"),
    shard.log.wait("poll.run"),
  ]);
  const contract = await Contract.of(fresh);
  const { paths } = contract.document;

  await t.step("the document matches the schema of OpenAPI 3.1", async () => {
    assertEquals(await documentErrors(contract.document), []);
  });

  await t.step("every response is documented, and every documented response occurs", async () => {
    const given = new Set<string>();
    for (const [state, targets] of Object.entries(REQUESTS)) {
      for (const [target, options] of targets) {
        const path = target.split("?")[0];
        const answer = await get(services[state as keyof typeof REQUESTS], target, options);
        assertEquals(contract.differences(path, answer), [], `${target}: ${answer.text}`);
        given.add(`${paths[path].get.operationId} ${kindOf(answer)}`);
      }
    }
    const missing = documented(contract).filter((answer) =>
      !given.has(answer) && !/ (bad|foreign)-host$/.test(answer)
    );
    assertEquals(missing.sort(), UNTESTED);
  });

  await t.step("every route accepts HEAD and refuses a bad Host, method or length", async () => {
    const long = `?x=${"x".repeat(10_000)}`;
    for (const [path, { get }] of Object.entries(paths)) {
      const target = path === GET_METRIC ? VALUE : path;
      const answers = [
        [200, await request(fresh, target, { method: "HEAD" }), "HEAD"],
        [400, await request(fresh, target, { headers: { host: "a/b" } })],
        [405, await request(fresh, target, { method: "POST" })],
      ] as const;
      for (const [status, answer, method] of answers) {
        assertEquals(answer.status, status, path);
        assertEquals(contract.differences(path, answer, method), [], `${status} of ${path}`);
      }
      const refused = await request(fresh, `${path}${long}`);
      assertEquals(contract.differences(path, refused), [], path);
      assertEquals(refused.status, 414, get.operationId);
    }
  });

  await t.step("the events of a stream match the documented schemas", async () => {
    const response = await fetch(`${fresh.url}${STREAM}`);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const until = async (name: string) => {
      for (;;) {
        const found = eventsOf(text).find(({ event }) => event === name);
        if (found !== undefined) {
          assertEquals(contract.schemaErrors("StreamEvent", found), []);
          return JSON.parse(found.data);
        }
        const { value } = await within(`an event ${name}`, reader.read());
        assert(value !== undefined, text);
        text += value;
      }
    };
    assertEquals(contract.schemaErrors("StreamSnapshot", await until("snapshot")), []);
    const next = { id: "boot1-2", snapshot_ts: snapshot_ts + 1000 };
    source.behavior = serveSnapshot(fabricSample(30, 1), next);
    assertEquals(contract.schemaErrors("StreamChange", await until("change")), []);
    fresh.signal("SIGTERM");
    assertEquals(contract.schemaErrors("StreamEnd", await until("end")), []);
    await reader.cancel();
  });
});
