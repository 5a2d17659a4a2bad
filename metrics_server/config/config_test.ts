import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError } from "../../platform/mod.ts";
import {
  idColumns,
  maxStaleMs,
  openAccess,
  readMetricsServerConfig,
  servingSettings,
  withoutSecrets,
} from "./mod.ts";

Deno.test("Without variables, metrics_server has the documented defaults", () => {
  assertEquals(readMetricsServerConfig({}), {
    config: {
      UPSTREAM_TOKEN_FILE: "",
      TLS_CERT_FILE: "",
      TLS_KEY_FILE: "",
      UPSTREAM_URL: ["http://127.0.0.1:9001/counters"],
      POLL_MS: 1500,
      POLL_TIMEOUT_MS: 2000,
      BACKOFF_MAX_MS: 5000,
      UPSTREAM_CA_FILE: "",
      UPSTREAM_CERT_FILE: "",
      UPSTREAM_KEY_FILE: "",
      UPSTREAM_MAX_BYTES: 25_165_824,
      UPSTREAM_MAX_ROWS: 250_000,
      UPSTREAM_MAX_CELLS: 4_000_000,
      ID_COLUMNS: "",
      TIME_COLUMN: "",
      TIME_UNIT: "auto",
      SHARD: "",
      COUNTER_COLUMNS: "",
      LABEL_COLUMNS: "",
      MAX_STALE_MS: 0,
      FRESH_BOUND_MS: 0,
      READY_REQUIRES: "any",
      SERVE_THREADS: 1,
      METRICS_FABRIC: "off",
      METRICS_FABRIC_COLUMNS: "",
      METRICS_FABRIC_SERIES_MAX: 400_000,
      PROMETHEUS_URL: "",
      STREAM_WEBSOCKET: "off",
      ALLOWED_HOSTS: "",
      AUTH_TOKENS_FILE: "",
      AUTH_METRICS: "on",
      CORS_ORIGINS: "",
      SNAPSHOT_STORE: "",
      SNAPSHOT_SAVE_MS: 5000,
      LEASE_MS: 3000,
      LOOP_PROBE_MS: 100,
      LOG_LEVEL: "INFO",
      ACCESS_LOG: "all",
      BIND_HOST: "0.0.0.0",
      PORT: 8080,
      HEALTH_PORT: undefined,
    },
    clamped: [],
  });
});

for (
  const [variable, value, used, min, max] of [
    ["POLL_MS", 1, 100, 100, 3_600_000],
    ["POLL_MS", 1e9, 3_600_000, 100, 3_600_000],
    ["POLL_TIMEOUT_MS", 0, 50, 50, 600_000],
    ["BACKOFF_MAX_MS", -5, 100, 100, 3_600_000],
    ["UPSTREAM_MAX_BYTES", 1, 1024, 1024, 1_073_741_824],
    ["LEASE_MS", 100, 500, 500, 60_000],
    ["SERVE_THREADS", 0, 1, 1, 32],
    ["SERVE_THREADS", 100, 32, 1, 32],
    ["LOOP_PROBE_MS", 0, 1, 1, 60_000],
  ] as const
) {
  Deno.test(`${variable}=${value} is clamped to ${used} and reported`, () => {
    const { config, clamped } = readMetricsServerConfig({ [variable]: String(value) });
    assertEquals(config[variable], used);
    assertEquals(clamped, [{ variable, value, used, min, max }]);
  });
}

for (
  const [variable, value, message] of [
    ["POLL_MS", "soon", "POLL_MS=soon: must be a whole number 100–3600000 (ms), e.g. 1500"],
    ["POLL_MS", "1.5", "POLL_MS=1.5: must be a whole number 100–3600000 (ms), e.g. 1500"],
    ["PORT", "99999", "PORT=99999: must be 0–65535"],
    ["PORT", "-1", "PORT=-1: must be 0–65535"],
    ["UPSTREAM_URL", "ftp://x", "UPSTREAM_URL=ftp://x: must be an http:// or https:// URL"],
    [
      "UPSTREAM_URL",
      "localhost:9001",
      "UPSTREAM_URL=localhost:9001: must be an http:// or https:// URL",
    ],
    [
      "SNAPSHOT_STORE",
      "memcached://cache",
      "SNAPSHOT_STORE=memcached://cache: must be file:<folder>, redis://… or rediss://…",
    ],
    [
      "SNAPSHOT_STORE",
      "redis://:secret@cache/x",
      "SNAPSHOT_STORE=redis://***@cache/x: " +
      "must have a database number as its path, redis://host:6379/0",
    ],
    [
      "ALLOWED_HOSTS",
      "a.b:80",
      "ALLOWED_HOSTS=a.b:80: a.b:80: must be names without a port, separated by commas, or *, e.g. telemetry.example,*.fabric.example",
    ],
    [
      "PROMETHEUS_URL",
      "javascript:alert(1)",
      "PROMETHEUS_URL=javascript:alert(1): must be an http:// or https:// URL",
    ],
    [
      "PROMETHEUS_URL",
      "http:prometheus",
      "PROMETHEUS_URL=http:prometheus: must be an http:// or https:// URL",
    ],
    [
      "PROMETHEUS_URL",
      "https://me:secret@prometheus/",
      "PROMETHEUS_URL=https://***@prometheus/: must have no user, password, query or fragment: " +
      "every client of the dashboard sees it",
    ],
    [
      "PROMETHEUS_URL",
      "http://prometheus/graph?g0.expr=up",
      "PROMETHEUS_URL=http://prometheus/graph?g0.expr=up: " +
      "must have no user, password, query or fragment: every client of the dashboard sees it",
    ],
    ["LOG_LEVEL", "LOUD", "LOG_LEVEL=LOUD: must be one of DEBUG, INFO, WARN, ERROR"],
    ["MAX_STALE_MS", "-1", "MAX_STALE_MS=-1: must be 0–86400000 (ms)"],
    ["FRESH_BOUND_MS", "-1", "FRESH_BOUND_MS=-1: must be 0–86400000 (ms)"],
    ["MAX_STALE_MS", "1h", "MAX_STALE_MS=1h: must be a whole number 0–86400000 (ms), e.g. 0"],
  ]
) {
  Deno.test(`${variable}=${value} stops the start with one line that names the valid values`, () => {
    const error = assertThrows(() => readMetricsServerConfig({ [variable]: value }), ConfigError);
    assertEquals(error.message, message);
  });
}

Deno.test("MAX_STALE_MS=0 is no limit, like an unset variable", () => {
  const bound = (env: Record<string, string>) => maxStaleMs(readMetricsServerConfig(env).config);
  assertEquals([bound({ MAX_STALE_MS: "0" }), bound({}), bound({ MAX_STALE_MS: "1" })], [
    Infinity,
    Infinity,
    1,
  ]);
});

Deno.test("PROMETHEUS_URL is normalised for the dashboard, and empty by default", () => {
  const given = (env: Record<string, string>) =>
    servingSettings(readMetricsServerConfig(env).config).prometheus_url;
  assertEquals(given({}), "");
  assertEquals(given({ PROMETHEUS_URL: "HTTPS://Prom.example:443" }), "https://prom.example/");
  assertEquals(given({ PROMETHEUS_URL: "http://[::1]:9090/a b" }), "http://[::1]:9090/a%20b");
});

Deno.test("ID_COLUMNS is a list of trimmed names, and of alternatives after |", () => {
  const read = (ID_COLUMNS: string) => idColumns(readMetricsServerConfig({ ID_COLUMNS }).config);
  assertEquals(read(" node_guid , port_num,, "), [["node_guid", "port_num"]]);
  assertEquals(read("a, b |c,d"), [["a", "b"], ["c", "d"]]);
  assertEquals(read("|a||b,|"), [["a"], ["b"]]);
  assertEquals(read(""), []);
});

Deno.test("No character of a store's password shows in the startup event", () => {
  for (const password of ["pw", `p@ss:w/rd#?%&"' <>é`, "''", "it's"]) {
    const written = encodeURIComponent(password);
    const env = { SNAPSHOT_STORE: `rediss://user:${written}@cache:6379/2` };
    const { config } = readMetricsServerConfig(env);
    assertEquals(withoutSecrets(config).SNAPSHOT_STORE, "rediss://***@cache:6379/2");
  }
});

for (
  const [env, is_open] of [
    [{}, true],
    [{ BIND_HOST: "::" }, true],
    [{ BIND_HOST: "[::]" }, true],
    [{ BIND_HOST: "127.0.0.1" }, false],
    [{ BIND_HOST: "10.0.0.7" }, false],
    [{ ALLOWED_HOSTS: "*" }, false],
    [{ AUTH_TOKENS_FILE: "secrets/tokens" }, false],
  ] as const
) {
  Deno.test(`${JSON.stringify(env)} ${is_open ? "is" : "is not"} reported as open access`, () => {
    assertEquals(openAccess(readMetricsServerConfig(env).config) !== null, is_open);
  });
}
