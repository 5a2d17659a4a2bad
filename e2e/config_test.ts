/** Configuration from the environment: refused values, clamped values, `.env`. */
import { assertEquals, assertMatch } from "@std/assert";
import {
  FakeSource,
  freePort,
  getMetric,
  request,
  runToEnd,
  serve,
  serveSnapshot,
  Service,
  type ServiceEnv,
  type ServiceName,
  startDataServer,
  startMetricsServer,
  together,
  until,
  variablesOf,
} from "./harness/mod.ts";

/** EX_CONFIG of sysexits.h. */
const EXIT_CODE_CONFIG = 78;

/** An invalid value and its message; null for variables that accept any text. */
type InvalidValues = Record<string, [value: string, must: string] | null>;

const METRICS_SERVER_INVALID_VALUES: InvalidValues = {
  UPSTREAM_URL: ["ftp://me:secret@x/", "must be an http:// or https:// URL"],
  POLL_MS: ["fast", "must be a whole number 100–3600000 (ms), e.g. 1500"],
  POLL_TIMEOUT_MS: ["1.5", "must be a whole number 50–600000 (ms), e.g. 2000"],
  BACKOFF_MAX_MS: ["1e3", "must be a whole number 100–3600000 (ms), e.g. 5000"],
  UPSTREAM_MAX_BYTES: ["1MB", "must be a whole number 1024–1073741824 (bytes), e.g. 25165824"],
  UPSTREAM_MAX_ROWS: ["all", "must be a whole number 1–50000000 (rows), e.g. 250000"],
  UPSTREAM_MAX_CELLS: ["all", "must be a whole number 1–250000000 (cells), e.g. 4000000"],
  ID_COLUMNS: [",", "must be column names separated by commas, alternatives by |"],
  TIME_COLUMN: null, // a missing column is a `poll.row_times` event
  COUNTER_COLUMNS: null, // a column may be missing
  LABEL_COLUMNS: null,
  METRICS_FABRIC_COLUMNS: null,
  TIME_UNIT: ["hours", "must be one of auto, s, ms, us, ns, iso8601"],
  SHARD: ["4/4", "must be i/n with 0 ≤ i < n ≤ 64, e.g. 0/4"],
  MAX_STALE_MS: ["soon", "must be a whole number 0–86400000 (ms), e.g. 0"],
  READY_REQUIRES: ["some", "must be one of any, all"],
  FRESH_BOUND_MS: ["soon", "must be a whole number 0–86400000 (ms), e.g. 0"],
  SERVE_THREADS: ["two", "must be a whole number 1–32 (threads), e.g. 1"],
  METRICS_FABRIC: ["yes", "must be one of off, on"],
  METRICS_FABRIC_SERIES_MAX: ["all", "must be a whole number 1–1000000 (series), e.g. 400000"],
  PROMETHEUS_URL: ["//prometheus:9090", "must be an http:// or https:// URL"],
  STREAM_WEBSOCKET: ["yes", "must be one of off, on"],
  ALLOWED_HOSTS: [
    "x:80",
    "x:80: must be names without a port, separated by commas, or *, " +
    "e.g. telemetry.example,*.fabric.example",
  ],
  AUTH_TOKENS_FILE: null, // a file that cannot be used: e2e/access
  TLS_CERT_FILE: null, // likewise, and the ones below
  TLS_KEY_FILE: null,
  UPSTREAM_CA_FILE: null,
  UPSTREAM_CERT_FILE: null,
  UPSTREAM_KEY_FILE: null,
  UPSTREAM_TOKEN_FILE: null,
  AUTH_METRICS: null, // values of AUTH_… are masked in messages
  CORS_ORIGINS: [
    "x",
    "x: must be origins separated by commas, or *, e.g. https://grafana.example",
  ],
  SNAPSHOT_STORE: ["state", "must be file:<folder>, redis://… or rediss://…"],
  LEASE_MS: ["3s", "must be a whole number 500–60000 (ms), e.g. 3000"],
  SNAPSHOT_SAVE_MS: ["5s", "must be a whole number 100–3600000 (ms), e.g. 5000"],
  LOOP_PROBE_MS: ["0x10", "must be a whole number 1–60000 (ms), e.g. 100"],
  LOG_LEVEL: ["LOUD", "must be one of DEBUG, INFO, WARN, ERROR"],
  ACCESS_LOG: ["sample:0", "must be all, errors, off or sample:N, e.g. sample:100"],
  BIND_HOST: null, // tested below: only listening shows it
  PORT: ["http", "must be a whole number 0–65535, e.g. 8080"],
  HEALTH_PORT: ["http", "must be a whole number 0–65535"],
};

const DATA_SERVER_INVALID_VALUES: InvalidValues = {
  DATA_SWITCHES: ["many", "must be a whole number 1–100000 (switches), e.g. 64"],
  DATA_INTERVAL_SEC: ["10s", "must be a number 1–86400 (s), e.g. 10"],
  DATA_FIELDS: ["-", "must be a whole number 3–200 (columns)"],
  DATA_PROFILE: ["snmp", "must be one of fabric, ufm"],
  DATA_PORTS: ["1.5", "must be a whole number 1–256 (ports), e.g. 40"],
  SEED: ["lucky", "must be a whole number 0–4294967295"],
  FAULT_500_PCT: ["5%", "must be a number 0–100 (%), e.g. 0"],
  FAULT_SLOW_MS: ["slow", "must be a whole number 0–60000 (ms), e.g. 0"],
  BIND_HOST: null,
  PORT: ["9001x", "must be a whole number 0–65535, e.g. 9001"],
  LOG_LEVEL: ["TRACE", "must be one of DEBUG, INFO, WARN, ERROR"],
};

/** Sets all of them at once: one line names each. */
async function assertInvalidValues(
  name: ServiceName,
  invalid_values: InvalidValues,
): Promise<void> {
  assertEquals(
    Object.keys(invalid_values).sort(),
    variablesOf(name).sort(),
    "every variable is tested",
  );
  const given = Object.entries(invalid_values).flatMap(([variable, row]) =>
    row === null ? [] : [{ variable, value: row[0], must: row[1] }]
  );
  const end = await runToEnd(
    name,
    Object.fromEntries(given.map(({ variable, value }) => [variable, value])),
  );
  const expected = given.map(({ variable, value, must }) =>
    `${variable}=${value.replace("me:secret", "***")}: ${must}`
  );
  assertEquals(end.stderr.endsWith("\n"), true);
  assertEquals(end.stderr.trimEnd().split("; ").sort(), expected.sort());
  assertEquals([end.code, end.stdout], [EXIT_CODE_CONFIG, ""]);
}

async function assertRefused(name: ServiceName, env: ServiceEnv, line: string): Promise<void> {
  const end = await runToEnd(name, env);
  assertEquals([end.code, end.stdout, end.stderr], [EXIT_CODE_CONFIG, "", `${line}\n`]);
}

Deno.test("an invalid value ends a service with one line and exit code 78", async (t) => {
  await together(t, {
    "metrics_server: an invalid value of each variable": () =>
      assertInvalidValues("metrics_server", METRICS_SERVER_INVALID_VALUES),

    "data_server: an invalid value of each variable": () =>
      assertInvalidValues("data_server", DATA_SERVER_INVALID_VALUES),

    "a port out of range": async () => {
      await assertRefused("metrics_server", { PORT: 65_536 }, "PORT=65536: must be 0–65535");
      await assertRefused("data_server", { PORT: -1 }, "PORT=-1: must be 0–65535");
    },

    "a bound on ages that would be clamped to no bound": () =>
      assertRefused(
        "metrics_server",
        { MAX_STALE_MS: -1 },
        "MAX_STALE_MS=-1: must be 0–86400000 (ms)",
      ),

    "a seed out of range": () =>
      assertRefused("data_server", { SEED: 2 ** 32 }, "SEED=4294967296: must be 0–4294967295"),

    "a source on an invalid or blocked port": async () => {
      const url = "http://127.0.0.1";
      await assertRefused(
        "metrics_server",
        { UPSTREAM_URL: `${url}:99999/c` },
        `UPSTREAM_URL=${url}:99999/c: must have a port 1–65535`,
      );
      await assertRefused(
        "metrics_server",
        { UPSTREAM_URL: `${url}:6667/c` },
        `UPSTREAM_URL=${url}:6667/c: must have another port: fetch blocks 6667, ` +
          "see https://fetch.spec.whatwg.org/#port-blocking",
      );
    },

    "a source named twice": () =>
      assertRefused(
        "metrics_server",
        { UPSTREAM_URL: "http://a/x http://A:80/x" },
        "UPSTREAM_URL=http://A:80/x: must name each URL only once",
      ),

    "too many sources": () =>
      assertRefused(
        "metrics_server",
        { UPSTREAM_URL: Array.from({ length: 17 }, (_, n) => `http://a/${n}`).join(",") },
        "UPSTREAM_URL=17 URLs: must be at most 16 URLs",
      ),

    "an address of another machine": async () => {
      for (const name of ["metrics_server", "data_server"] as const) {
        for (const host of ["192.0.2.1", "no address"]) {
          const end = await runToEnd(name, { BIND_HOST: host });
          assertEquals(end.code, EXIT_CODE_CONFIG);
          assertMatch(end.stderr, /^[^\n]*: not an address of this machine: [^\n]*\n$/);
          assertEquals(end.stderr.startsWith(`BIND_HOST=${host}: `), true);
        }
      }
    },

    "a port in use": async () => {
      await using first = await startDataServer();
      for (const name of ["metrics_server", "data_server"] as const) {
        const { code, stderr } = await runToEnd(name, { PORT: first.port });
        assertEquals([code, stderr], [
          EXIT_CODE_CONFIG,
          `PORT=${first.port}: already in use on 127.0.0.1: stop the program that holds it, ` +
          `or set PORT to a free port (0 picks one)\n`,
        ]);
      }
      assertEquals((await request(first, "/healthz")).status, 200);
    },
  });
});

/** Variable, configured value, used value, and the range. */
type Clamped = [variable: string, value: number, used: number, min: number, max: number];

async function assertClamped(
  name: ServiceName,
  rows: Clamped[],
  env: ServiceEnv = {},
): Promise<void> {
  const set = Object.fromEntries(rows.map(([variable, value]) => [variable, value]));
  await using service = await Service.start(name, { ...env, ...set });
  const warnings = service.log.all("config.clamped");
  assertEquals(
    warnings.map(({ ts: _, ...rest }) => rest).sort((a, b) => a.variable < b.variable ? -1 : 1),
    rows.sort(([a], [b]) => a < b ? -1 : 1).map(([variable, value, used, min, max]) => {
      const event = { level: "WARN", service: name, event: "config.clamped" };
      return { ...event, variable, value, used, min, max };
    }),
  );
  const { config } = service.log.all("startup")[0];
  for (const [variable, , used] of rows) assertEquals(config[variable], used, variable);
  assertEquals((await request(service, "/healthz")).status, 200);
}

Deno.test("a number out of range is clamped to the nearest bound with a warning", async (t) => {
  const hour_ms = 3_600_000;
  await together(t, {
    "metrics_server, below": () =>
      assertClamped("metrics_server", [
        ["POLL_MS", 1, 100, 100, hour_ms],
        ["POLL_TIMEOUT_MS", 0, 50, 50, 600_000],
        ["BACKOFF_MAX_MS", -5, 100, 100, hour_ms],
        ["UPSTREAM_MAX_BYTES", 1, 1024, 1024, 1024 ** 3],
        ["UPSTREAM_MAX_ROWS", 0, 1, 1, 50_000_000],
        ["UPSTREAM_MAX_CELLS", 0, 1, 1, 250_000_000],
        ["SERVE_THREADS", 0, 1, 1, 32],
        ["METRICS_FABRIC_SERIES_MAX", 0, 1, 1, 1_000_000],
        ["LOOP_PROBE_MS", 0, 1, 1, 60_000],
      ], { UPSTREAM_URL: "http://127.0.0.1:2/none" }),

    "metrics_server, above": () =>
      assertClamped("metrics_server", [
        ["POLL_MS", hour_ms + 1, hour_ms, 100, hour_ms],
        ["POLL_TIMEOUT_MS", 600_001, 600_000, 50, 600_000],
        ["BACKOFF_MAX_MS", 99_999_999, hour_ms, 100, hour_ms],
        ["UPSTREAM_MAX_BYTES", 2 ** 40, 1024 ** 3, 1024, 1024 ** 3],
        ["UPSTREAM_MAX_ROWS", 1e9, 50_000_000, 1, 50_000_000],
        ["UPSTREAM_MAX_CELLS", 1e9, 250_000_000, 1, 250_000_000],
        ["MAX_STALE_MS", 86_400_001, 86_400_000, 0, 86_400_000],
        ["FRESH_BOUND_MS", 86_400_001, 86_400_000, 0, 86_400_000],
        ["METRICS_FABRIC_SERIES_MAX", 1_000_001, 1_000_000, 1, 1_000_000],
        ["LOOP_PROBE_MS", 60_001, 60_000, 1, 60_000],
      ], { UPSTREAM_URL: "http://127.0.0.1:2/none" }),

    "data_server, below": () =>
      assertClamped("data_server", [
        ["DATA_SWITCHES", 0, 1, 1, 100_000],
        ["DATA_INTERVAL_SEC", 0.5, 1, 1, 86_400],
        ["DATA_FIELDS", 2, 3, 3, 200],
        ["DATA_PORTS", 0, 1, 1, 256],
        ["FAULT_500_PCT", -1, 0, 0, 100],
        ["FAULT_SLOW_MS", -1, 0, 0, 60_000],
      ]),

    "data_server, above": () =>
      assertClamped("data_server", [
        ["DATA_INTERVAL_SEC", 86_401, 86_400, 1, 86_400],
        ["DATA_FIELDS", 201, 200, 3, 200],
        ["DATA_PORTS", 257, 256, 1, 256],
        ["FAULT_500_PCT", 100.5, 100, 0, 100],
        ["FAULT_SLOW_MS", 60_001, 60_000, 0, 60_000],
      ], { DATA_SWITCHES: 2 }),
  });
});

Deno.test("LOG_LEVEL hides less important events and does not affect serving", async () => {
  await using source = new FakeSource(serve({ status: 500 }));
  const env = { LOG_LEVEL: "WARN", PORT: freePort() };
  await using server = await startMetricsServer(source.url, env);
  await server.log.wait("poll.error");
  source.behavior = serveSnapshot("switch_id,a\nsw-0,1\n", { id: "boot1-1" });
  await until("data", async () => (await getMetric(server, "sw-0", "a")).status === 200);
  source.behavior = serve({ status: 500 });
  await server.log.wait("poll.error", () => true, server.log.mark);
  assertEquals((await server.stop()).code, 0);
  assertEquals(new Set(server.log.events.map(({ level }) => level)), new Set(["WARN"]));
});
