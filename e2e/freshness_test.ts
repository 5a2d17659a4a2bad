/** The reported age of data, and stale data that is refused. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  type Answer,
  type Behavior,
  fabricSample,
  FakeSource,
  getMetric,
  hang,
  listMetrics,
  request,
  serveSnapshot,
  type Service,
  startMetricsServer,
  stats,
  until,
} from "./harness/mod.ts";

const SAMPLE = fabricSample(3);
const NEWER_SAMPLE = fabricSample(3, 8);

/** Smallest step of the wall clock that the service follows, in milliseconds. */
const CLOCK_STEP_MS = 6;

/**
 * Checks that all reported ages match data taken at `taken_ms`, or between `earliest_ms` and
 * `taken_ms`.
 */
async function assertAge(
  server: Service,
  taken_ms: number,
  earliest_ms = taken_ms,
): Promise<number> {
  const from_ms = Date.now();
  const answers = [
    await getMetric(server, "sw-000", "latency_us"),
    await listMetrics(server),
    await listMetrics(server, { headers: { "if-none-match": "*" } }),
  ];
  const ages_ms = answers.map(({ headers }) => Number(headers.get("x-data-age-ms")));
  ages_ms.push((await request(server, "/readyz")).json().age_ms);
  ages_ms.push((await stats(server)).sources[0].age_ms!);
  const least_ms = Math.max(0, from_ms - taken_ms - CLOCK_STEP_MS);
  const most_ms = Math.max(0, Date.now() - earliest_ms + CLOCK_STEP_MS);
  for (const age_ms of ages_ms) {
    assert(age_ms >= least_ms && age_ms <= most_ms, `${ages_ms}: must be ${least_ms}–${most_ms}`);
  }
  return ages_ms[0];
}

function assertTooStale(answer: Answer, bound: string, max_age_ms: number): void {
  assertEquals(answer.status, 503);
  assertEquals(answer.headers.get("content-type"), "application/problem+json");
  const problem = answer.json();
  assertEquals(problem.type, "urn:fabric-telemetry:problem:too-stale");
  assertEquals(problem.max_age_ms, max_age_ms);
  assert(problem.age_ms > max_age_ms);
  assertStringIncludes(problem.detail, `is ${problem.age_ms} ms old, over ${bound}=${max_age_ms}:`);
  assertEquals(answer.headers.get("x-data-age-ms"), `${problem.age_ms}`);
  assertEquals(answer.headers.get("retry-after"), "1");
}

Deno.test("age counts from X-Snapshot-Ts, and no 304 resets it", async () => {
  const snapshot_ts = Date.now() - 60_000;
  await using source = new FakeSource(serveSnapshot(SAMPLE, { id: "boot1-1", snapshot_ts }));
  await using server = await startMetricsServer(source.url);
  const not_modified = (wanted: number) =>
    until(`${wanted} polls answered with 304`, () => {
      const runs = server.log.all("poll.run").filter(({ status }) => status === 304);
      return runs.length >= wanted && runs;
    });
  await server.log.wait("poll.run");
  const first_ms = await assertAge(server, snapshot_ts);
  const runs = await not_modified(3);
  assert(await assertAge(server, snapshot_ts) > first_ms + 100);

  assert(runs.every(({ snapshot_id, rows }) => snapshot_id === "boot1-1" && rows === 3));
  const conditions = source.requests.map(({ headers }) => headers.get("if-none-match"));
  assertEquals(conditions.slice(0, 3), [null, '"boot1-1"', '"boot1-1"']);
  const { not_modified: counted, polls } = (await stats(server)).poller;
  assert(counted >= 3 && counted === polls - 1);
});

Deno.test("age counts from the fetch if the source sends no time, even for the same body", async () => {
  const started_ms = Date.now();
  await using source = new FakeSource(serveSnapshot(SAMPLE));
  await using server = await startMetricsServer(source.url);
  const { ts, snapshot_id } = await server.log.wait("poll.run");
  await until("two more polls", () => server.log.all("poll.run").length >= 3);
  await assertAge(server, Date.parse(ts), started_ms);
  assertEquals(server.log.all("poll.run").map((run) => run.snapshot_id)[2], snapshot_id);
  assertEquals((await stats(server)).poller.not_modified >= 2, true);

  const changed_ms = Date.now();
  source.behavior = serveSnapshot(NEWER_SAMPLE);
  const fresh = await server.log.wait("poll.run", (run) => run.snapshot_id !== snapshot_id);
  await assertAge(server, Date.parse(fresh.ts), changed_ms);
});

Deno.test("age counts from the fetch if the source's clock is ahead", async () => {
  const started_ms = Date.now();
  const snapshot_ts = started_ms + 3_600_000;
  await using source = new FakeSource(serveSnapshot(SAMPLE, { id: "boot1-1", snapshot_ts }));
  await using server = await startMetricsServer(source.url);
  const { ts } = await server.log.wait("poll.run");
  await until("another poll", () => server.log.all("poll.run").length >= 2);
  await assertAge(server, Date.parse(ts), started_ms);
});

Deno.test("an older snapshot is refused, unless the source has restarted", async () => {
  const snapshot_ts = Date.now() - 10_000;
  await using source = new FakeSource(serveSnapshot(SAMPLE, { id: "boot1-5", snapshot_ts }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");

  const older_ts = snapshot_ts - 1;
  source.behavior = serveSnapshot(NEWER_SAMPLE, { id: "boot1-6", snapshot_ts: older_ts });
  const { cause, detail } = await server.log.wait("poll.error");
  assertEquals(cause, "older_snapshot");
  const iso = (epoch_ms: number) => new Date(epoch_ms).toISOString();
  assertStringIncludes(
    detail,
    `${iso(older_ts)} is older than the one held, of ${iso(snapshot_ts)}`,
  );
  await server.log.wait("poll.error", (error) => error.consecutive_failures === 3);
  assertEquals((await getMetric(server, "sw-000", "bandwidth_gbps")).json().value, 100);
  await assertAge(server, snapshot_ts);

  source.behavior = serveSnapshot(NEWER_SAMPLE, { id: "boot2-1", snapshot_ts: older_ts });
  await server.log.wait("poll.run", ({ snapshot_id }) => snapshot_id === "boot2-1");
  assertEquals((await getMetric(server, "sw-000", "bandwidth_gbps")).json().value, 101);
  await assertAge(server, older_ts);
});

Deno.test("new data with a known ETag gets its own id, so no client gets a false 304", async () => {
  const [id, snapshot_ts] = ["always-1", Date.now()];
  await using source = new FakeSource(serveSnapshot(SAMPLE, { id, snapshot_ts }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  const known = (await listMetrics(server)).headers.get("etag")!;
  // The source sends 200 with the same ETag for different data.
  const forgetful = serveSnapshot(NEWER_SAMPLE, { id, snapshot_ts: snapshot_ts + 1 });
  source.behavior = {
    act: (conn, request) => forgetful.act(conn, { ...request, headers: new Headers() }),
  };
  await server.log.wait("poll.run", ({ snapshot_id }) => snapshot_id !== id);
  const answer = await listMetrics(server, { headers: { "if-none-match": known } });
  assertEquals(answer.status, 200);
  assertEquals(answer.json().items[0].bandwidth_gbps, 101);
});

Deno.test("MAX_STALE_MS answers 503 instead of stale data until data is fresh", async () => {
  let snapshot_ts = 0;
  let sequence = 0;
  const fresh: Behavior = {
    act(conn, request) {
      snapshot_ts = Date.now();
      const marks = { id: `boot1-${++sequence}`, snapshot_ts };
      return serveSnapshot(SAMPLE, marks).act(conn, request);
    },
  };
  await using source = new FakeSource(fresh);
  await using server = await startMetricsServer(source.url, { MAX_STALE_MS: 700 });
  const status = async () => (await getMetric(server, "sw-000", "latency_us")).status;
  await until("fresh data", async () => await status() === 200);
  source.behavior = hang;
  await until("the data to be stale", async () => {
    if (await status() === 200) return false;
    assert(Date.now() - snapshot_ts > 700 - CLOCK_STEP_MS);
    return true;
  });
  assertTooStale(await getMetric(server, "sw-000", "latency_us"), "MAX_STALE_MS", 700);
  assertTooStale(await listMetrics(server), "MAX_STALE_MS", 700);
  assertTooStale(
    await listMetrics(server, { headers: { "if-none-match": "*" } }),
    "MAX_STALE_MS",
    700,
  );
  assertTooStale(await request(server, "/readyz"), "MAX_STALE_MS", 700);
  assertEquals((await request(server, "/healthz")).status, 200);
  // A request cannot raise the bound of the service.
  const generous = await getMetric(server, "sw-000", "latency_us", { query: "&max_age_ms=99999" });
  assertTooStale(generous, "MAX_STALE_MS", 700);

  source.behavior = fresh;
  source.dropConnections(); // the hanging poll
  await until("fresh data again", async () => await status() === 200);
  await until("readiness", async () => (await request(server, "/readyz")).status === 200);
});

Deno.test("MAX_STALE_MS=0 serves data of any age and is not clamped", async () => {
  const hour_ago = Date.now() - 3_600_000;
  await using source = new FakeSource(serveSnapshot(SAMPLE, { snapshot_ts: hour_ago }));
  await using server = await startMetricsServer(source.url, { MAX_STALE_MS: 0 });
  await server.log.wait("poll.run");
  assertEquals((await getMetric(server, "sw-000", "latency_us")).status, 200);
  assertEquals((await request(server, "/readyz")).status, 200);
  assertEquals(server.log.all("config.clamped"), []);
});

Deno.test("max_age_ms bounds the age for one request", async () => {
  const snapshot_ts = Date.now() - 10_000;
  await using source = new FakeSource(serveSnapshot(SAMPLE, { id: "boot1-1", snapshot_ts }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  const get = (query: string) => getMetric(server, "sw-000", "latency_us", { query });
  const list = (query: string) => request(server, `/telemetry/ListMetrics?${query}`);
  assertTooStale(await get("&max_age_ms=9999"), "max_age_ms", 9999);
  assertTooStale(await get("&max_age_ms=0"), "max_age_ms", 0);
  assertTooStale(await list("max_age_ms=9999"), "max_age_ms", 9999);
  assertEquals((await get("&max_age_ms=3600000")).status, 200);
  assertEquals((await list("max_age_ms=3600000")).status, 200);
  assertMatch((await get("")).text, /"value":1\.5,/);
});
