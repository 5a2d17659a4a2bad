/** Outages of the source, each kind over a real socket, and recovery. */
import { assert, assertEquals, assertGreater, assertLessOrEqual, assertMatch } from "@std/assert";
import type { PollCause } from "../contracts/mod.ts";
import { pause } from "../tools/verdict/mod.ts";
import {
  type Behavior,
  cut,
  fabricSample,
  FakeSource,
  getMetric,
  hang,
  reset,
  serve,
  serveSnapshot,
  type ServiceEnv,
  startMetricsServer,
  stats,
  together,
  until,
} from "./harness/mod.ts";

const SWITCHES = 50;
const BEFORE = fabricSample(SWITCHES, 0);
const AFTER = fabricSample(SWITCHES, 8);

/** Growth of the age during an outage, in milliseconds. */
const AGE_GROWTH_MS = 400;

/** POLL_TIMEOUT_MS where it must pass, and where a busy machine must not reach it. */
const SHORT_MS = 1_000;
const LONG_MS = 10_000;

/** An outage and the expected poll error. */
interface Outage {
  begin(source: FakeSource): void | Promise<void>;
  cause: PollCause;
  status: number;
  detail: RegExp;
}

const OUTAGES: Record<string, Outage> = {
  "a source that refuses connections": {
    begin: (source) => source.refuse(),
    cause: "refused",
    status: 0,
    detail: /refused/i,
  },
  "a source that hangs": {
    begin: meet(hang),
    cause: "timeout",
    status: 0,
    detail: /^no whole answer within 1000 ms \(POLL_TIMEOUT_MS=1000\)$/,
  },
  "a source that resets the connection": {
    begin: meet(reset),
    cause: "reset",
    status: 0,
    detail: /./,
  },
  "a source that answers 500": {
    begin: meet(serve({ status: 500, body: "out of order" })),
    cause: "http_5xx",
    status: 500,
    detail: /^source answered 500$/,
  },
  "a source that truncates the body": {
    begin: meet(cut(AFTER)),
    cause: "truncated",
    status: 0,
    detail: /./,
  },
};

function meet(behavior: Behavior): Outage["begin"] {
  return (source) => {
    source.behavior = behavior;
  };
}

async function outlive({ begin, cause, status, detail }: Outage): Promise<void> {
  const before_ts = Date.now();
  const before = { id: "boot1-1", snapshot_ts: before_ts };
  await using source = new FakeSource(serveSnapshot(BEFORE, before));
  const POLL_TIMEOUT_MS = cause === "timeout" ? SHORT_MS : LONG_MS;
  await using server = await startMetricsServer(source.url, { POLL_TIMEOUT_MS });
  await server.log.wait("poll.run");

  const { mark } = server.log;
  await begin(source);
  const error = await server.log.wait("poll.error", (event) => event.cause === cause, mark);
  assertEquals(error.status, status);
  assertMatch(error.detail, detail);
  assertEquals(error.source, source.url);
  // A source that begins to refuse may first cut a poll in progress.
  assertLessOrEqual(error.consecutive_failures, cause === "refused" ? 2 : 1);

  const first = (await getMetric(server, "sw-001", "bandwidth_gbps")).json();
  const last = await until("the age to grow", async () => {
    const from_ms = Date.now();
    const answer = await getMetric(server, "sw-001", "bandwidth_gbps");
    assertEquals(answer.status, 200);
    const { value, snapshot_id, age_ms } = answer.json();
    assertEquals([value, snapshot_id], [101, "boot1-1"]);
    assertEquals(answer.headers.get("x-data-age-ms"), `${age_ms}`);
    assert(age_ms >= from_ms - before_ts - 6, `age ${age_ms} ms, ${from_ms - before_ts} ms ago`);
    return age_ms >= first.age_ms + AGE_GROWTH_MS && age_ms;
  });

  const { sources: [during], poller } = await stats(server);
  assertGreater(during.failures_by_cause[cause] ?? 0, 0);
  assertGreater(during.consecutive_failures, 0);
  assertEquals(during.last_error?.cause, cause);
  assertEquals(during.snapshot_id, "boot1-1");
  const names = Object.keys(poller) as (keyof typeof poller)[];
  const shared = Object.fromEntries(names.map((name) => [name, during[name]]));
  assertEquals(shared, { ...poller }, "the only source is the total");

  const after = { id: "boot1-2", snapshot_ts: Date.now() };
  source.behavior = serveSnapshot(AFTER, after);
  if (cause === "refused") source.listenAgain();
  const run = await server.log.wait("poll.run", ({ snapshot_id }) => snapshot_id === "boot1-2");
  assertEquals(run.retries, server.log.all("poll.error").at(-1)!.consecutive_failures);
  const healed = (await getMetric(server, "sw-001", "bandwidth_gbps")).json();
  assertEquals([healed.value, healed.snapshot_id], [102, "boot1-2"]);
  assert(healed.age_ms < last, `age ${healed.age_ms} ms after the outage, ${last} ms during it`);

  const { sources: [source_stats] } = await stats(server);
  assertEquals([source_stats.consecutive_failures, source_stats.backoff_ms], [0, 0]);
  assertEquals(source_stats.circuit, "closed");
  assertEquals(source_stats.failures, server.log.all("poll.error").length);
}

Deno.test("GetMetric serves aging data during an outage and recovers", async (t) => {
  const steps = Object.entries(OUTAGES).map(([name, outage]) => [name, () => outlive(outage)]);
  await together(t, Object.fromEntries(steps));
});

Deno.test("a long outage opens the circuit, and /stats shows its state", async (t) => {
  const openCircuit = async (env: ServiceEnv) => {
    await using source = new FakeSource(serveSnapshot(BEFORE, { id: "boot1-1" }));
    await using server = await startMetricsServer(source.url, { POLL_TIMEOUT_MS: 150, ...env });
    await server.log.wait("poll.run");
    source.behavior = hang;
    await server.log.wait("poll.error", (error) => error.consecutive_failures === 5);
    const seen = new Set<string>();
    await until("the circuit to be open and half-open", async () => {
      const { poller, sources: [{ circuit, backoff_ms, consecutive_failures }] } = await stats(
        server,
      );
      assert(consecutive_failures >= 5 && poller.circuit === circuit);
      // No less than POLL_MS=100, no more than BACKOFF_MAX_MS=100.
      assertEquals(backoff_ms, 100);
      return seen.add(circuit).has("open") && seen.has("half_open");
    });
    assertEquals([...seen].filter((state) => state === "closed"), []);

    source.behavior = serveSnapshot(AFTER, { id: "boot1-2" });
    await server.log.wait("poll.run", ({ snapshot_id }) => snapshot_id === "boot1-2");
    assertEquals((await stats(server)).poller.circuit, "closed");
  };
  await together(t, {
    "one thread": () => openCircuit({}),
    // Each /stats uses its own connection: either thread responds.
    "two threads": () => openCircuit({ SERVE_THREADS: 2 }),
  });
});

Deno.test("polls honour Retry-After, up to five minutes", async () => {
  await using source = new FakeSource(serveSnapshot(BEFORE, { id: "boot1-1" }));
  await using server = await startMetricsServer(source.url);
  await server.log.wait("poll.run");
  source.behavior = serve({ status: 503, headers: { "retry-after": "1" } });
  assertGreater((await server.log.wait("poll.error")).retry_in_ms, 999);
  source.behavior = serve({ status: 503, headers: { "retry-after": "3600" } });
  const { retry_in_ms } = await server.log.wait(
    "poll.error",
    (error) => error.consecutive_failures === 2,
  );
  assertEquals(retry_in_ms, 300_000);
});

Deno.test("polls never overlap, and reuse one connection", async () => {
  let open = 0;
  let open_max = 0;
  const good = serveSnapshot(BEFORE, { id: "boot1-1" });
  await using source = new FakeSource({
    async act(conn, request) {
      open_max = Math.max(open_max, ++open);
      // Longer than POLL_MS: the next poll becomes due.
      await pause(130);
      open--;
      return await good.act(conn, request);
    },
  });
  await using server = await startMetricsServer(source.url);
  await until("six polls", () => source.requests.length >= 6);
  assertEquals(open_max, 1);
  assertEquals(source.connections, 1);
  assertEquals(server.log.all("poll.error"), []);
});

Deno.test("before the first snapshot, polls retry quickly, not after BACKOFF_MAX_MS", async () => {
  await using source = new FakeSource(serve({ status: 500 }));
  const slow = { POLL_MS: 60_000, BACKOFF_MAX_MS: 60_000 };
  await using server = await startMetricsServer(source.url, slow);
  const errors = await until("three failures", () => {
    const errors = server.log.all("poll.error");
    return errors.length >= 3 && errors;
  });
  errors.slice(0, 3).forEach(({ retry_in_ms }, n) => {
    const most_ms = 100 * 2 ** n;
    assert(retry_in_ms >= most_ms / 2 && retry_in_ms <= most_ms, `retry in ${retry_in_ms} ms`);
  });
  source.behavior = serveSnapshot(BEFORE);
  await server.log.wait("poll.run");
  assertEquals((await getMetric(server, "sw-000", "latency_us")).status, 200);
});

Deno.test("an https source without TLS fails with cause tls", async () => {
  await using source = new FakeSource({
    unread: true,
    async act(conn) {
      await conn.read(new Uint8Array(4096));
      await conn.write(new TextEncoder().encode("HTTP/1.1 400 Bad Request\r\n\r\n"));
      return false;
    },
  });
  const url = source.url.replace("http:", "https:");
  await using server = await startMetricsServer(url);
  const { cause, status, source: shown } = await server.log.wait("poll.error");
  assertEquals([cause, status, shown], ["tls", 0, url]);
});
