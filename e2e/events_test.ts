/** Every event of the log, with its fields, their order and their types. */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { EVENT_FIELDS, type EventName } from "../contracts/mod.ts";
import {
  fabricSample,
  FakeSource,
  type LoggedEvent,
  request,
  reset,
  serveSnapshot,
  type Service,
  startDataServer,
  startMetricsServer,
  until,
} from "./harness/mod.ts";

const BASE = ["ts", "level", "service", "event"];
const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The first matching event, with exactly these fields. */
function only(
  server: Service,
  name: EventName,
  fields: readonly string[] = EVENT_FIELDS[name],
  matches: (event: LoggedEvent) => boolean = () => true,
): LoggedEvent {
  const event = server.log.all(name).find(matches);
  assert(event !== undefined, `no matching event ${name}`);
  assertEquals(Object.keys(event), [...BASE, ...fields], name);
  return event;
}

function without(name: EventName, ...left_out: string[]): string[] {
  return EVENT_FIELDS[name].filter((field) => !left_out.includes(field));
}

/** Every line is an event of the contract, with a time and only documented fields. */
function assertContract(server: Service, service: string): void {
  assertEquals(server.log.foreign, []);
  let last_ts = "";
  for (const event of server.log.events) {
    assertMatch(event.ts, TIMESTAMP);
    assertEquals(event.service, service);
    const known: readonly string[] | undefined = EVENT_FIELDS[event.event as EventName];
    assert(known !== undefined, `${event.event} is not an event of the contract`);
    const names = Object.keys(event);
    assertEquals(names.slice(0, BASE.length), BASE);
    const fields = names.slice(BASE.length);
    assertEquals(fields, known.filter((field) => fields.includes(field)), event.event);
    last_ts = event.ts > last_ts ? event.ts : last_ts;
  }
  assertEquals(server.log.events.at(-1)?.event, "shutdown");
  assert(Math.abs(Date.now() - Date.parse(last_ts)) < 60_000);
}

/** Durations are finite, not negative, and have at most three decimals. */
function assertDurations(event: LoggedEvent, ...fields: string[]): void {
  for (const field of fields) {
    const ms = event[field];
    assert(typeof ms === "number" && ms >= 0 && ms < 60_000, `${field} is ${ms}`);
    assert(/^\d+(\.\d{1,3})?$/.test(`${ms}`), `${field} is ${ms}`);
  }
}

Deno.test("metrics_server logs every event of its contract", async () => {
  const snapshot_ts = Date.now() - 1_000;
  const sample = `${fabricSample(20)}sw-torn,1\n`;
  await using source = new FakeSource(serveSnapshot(sample, { id: "boot1-1", snapshot_ts }));
  await using server = await startMetricsServer(source.url, { LOOP_PROBE_MS: 0 });
  await server.log.wait("poll.run", ({ status }) => status === 304);
  await request(server, "/telemetry/GetMetric?switch_id=sw-000&metric=latency_us");
  await request(server, "/telemetry/ListMetrics", { headers: { "if-none-match": "*" } });
  await request(server, "/nowhere");
  source.behavior = reset;
  await server.log.wait("poll.error");
  await server.stop("SIGINT");
  assertContract(server, "metrics_server");

  const startup = only(server, "startup");
  assertEquals([startup.level, startup.url, startup.port], ["INFO", server.url, server.port]);
  assertEquals(startup.config.UPSTREAM_URL, [source.url]);
  assertEquals(startup.config.POLL_MS, 100);

  const clamped = only(server, "config.clamped");
  assertEquals([clamped.level, clamped.variable], ["WARN", "LOOP_PROBE_MS"]);
  assertEquals([clamped.value, clamped.used, clamped.min, clamped.max], [0, 1, 1, 60_000]);

  const run = only(server, "poll.run", undefined, ({ status }) => status === 200);
  assertEquals([run.level, run.source, run.snapshot_id], ["INFO", source.url, "boot1-1"]);
  assertEquals([run.rows, run.bad_rows, run.repeated_ids, run.retries], [20, 1, 0, 0]);
  assertEquals(run.bad_samples, [{
    line: 22,
    reason: "2 cells instead of 4",
    text: "sw-torn,1",
  }]);
  assertDurations(run, "fetch_ms", "parse_ms", "apply_ms", "cycle_ms");
  const parts_ms = run.fetch_ms + run.parse_ms + run.apply_ms;
  assert(Math.abs(parts_ms - run.cycle_ms) < 0.01, `${parts_ms} ms in parts, ${run.cycle_ms} ms`);

  const rows = ["bad_rows", "bad_samples", "uneven_rows", "repeated_ids", "rows_left_out"];
  const kept = [...rows, "repeated_columns"];
  const not_modified = only(
    server,
    "poll.run",
    without("poll.run", ...kept),
    ({ status }) => status === 304,
  );
  assertEquals([not_modified.snapshot_id, not_modified.rows], ["boot1-1", 20]);

  const error = only(server, "poll.error");
  assertEquals([error.level, error.source, error.cause], ["WARN", source.url, "reset"]);
  assertEquals([error.status, error.consecutive_failures], [0, 1]);
  assert(error.detail.length > 0 && error.retry_in_ms >= 0 && error.retry_in_ms <= 100);

  const access = (endpoint: string, ...left_out: string[]) =>
    only(
      server,
      "http.access",
      without("http.access", "bytes_sent", "request_id", ...left_out),
      (event) => event.endpoint === endpoint,
    );
  const get_metric = access("GetMetric");
  assertEquals(get_metric.client, "127.0.0.1");
  assertEquals([get_metric.level, get_metric.status], ["INFO", 200]);
  assert(get_metric.age_ms >= 1_000 && get_metric.age_ms < 60_000);
  assertDurations(get_metric, "latency_ms");
  assertEquals(access("ListMetrics", "switch_id", "metric").status, 304);
  const other = access("other", "switch_id", "metric");
  assertEquals(other.status, 404);
  assert(other.age_ms >= get_metric.age_ms && other.age_ms < 60_000);

  const shutdown = only(server, "shutdown");
  assertEquals([shutdown.reason, shutdown.drained], ["SIGINT", true]);
  assert(shutdown.uptime_ms > 0);
});

/** Fields of an access line that data_server omits. */
const OF_METRICS_SERVER = ["switch_id", "metric", "client", "request_id"];

Deno.test("data_server logs every event of its contract", async () => {
  await using server = await startDataServer({
    DATA_SWITCHES: 5,
    FAULT_500_PCT: 50,
    FAULT_SLOW_MS: 1,
    SEED: 1,
    DATA_PORTS: 0,
  });
  const faults = (kind: string) =>
    server.log.all("gen.inject_fault").filter((e) => e.kind === kind);
  await until("both faults and a response without", async () => {
    const known = { headers: { "if-none-match": "*" } };
    const { status } = await request(server, "/counters", known);
    return faults("slow").length > 0 && faults("http_500").length > 0 && status === 304;
  });
  await request(server, "/healthz");
  await request(server, "/nowhere");
  await until("a second tick", () => server.log.all("gen.tick").length > 1);
  await until(
    "an answer with data",
    async () => (await request(server, "/counters")).status === 200,
  );
  await server.stop();
  assertContract(server, "data_server");

  const { url, port, config } = only(server, "startup");
  assertEquals([url, port], [server.url, server.port]);
  assertEquals([config.SEED, config.DATA_SWITCHES, config.DATA_PROFILE], [1, 5, "fabric"]);
  assertEquals(only(server, "config.clamped").variable, "DATA_PORTS");

  const [first, second] = server.log.all("gen.tick").map((tick) => {
    assertEquals(Object.keys(tick), [...BASE, ...EVENT_FIELDS["gen.tick"]]);
    assertEquals([tick.level, tick.interval_ms], ["INFO", 1_000]);
    assertDurations(tick, "tick_ms", "skew_ms");
    return tick;
  });
  const [, boot, sequence] = /^([0-9a-z]+)-(\d+)$/.exec(first.snapshot_id)!;
  assertEquals(second.snapshot_id, `${boot}-${Number(sequence) + 1}`);

  const slow = only(server, "gen.inject_fault", undefined, ({ kind }) => kind === "slow");
  assertEquals([slow.level, slow.delay_ms], ["INFO", 1]);
  const error = only(server, "gen.inject_fault", undefined, ({ kind }) => kind === "http_500");
  assertEquals(error.delay_ms, 0);

  const access = (endpoint: string, status: number, ...left_out: string[]) => {
    const event = only(
      server,
      "http.access",
      without("http.access", ...OF_METRICS_SERVER, ...left_out),
      (event) => event.endpoint === endpoint && event.status === status,
    );
    assertDurations(event, "latency_ms");
    return event;
  };
  const whole = access("/counters", 200);
  assert(whole.bytes_sent > 50 && whole.age_ms >= 0 && whole.age_ms < 60_000);
  assertEquals(access("/counters", 304).bytes_sent, 0);
  assert(access("/counters", 500, "age_ms").bytes_sent > 0);
  assertEquals(access("/healthz", 200, "age_ms").bytes_sent, 11);
  assert(access("unknown", 404, "age_ms").bytes_sent > 0);
});
