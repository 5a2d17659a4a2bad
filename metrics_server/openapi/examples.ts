/** Example responses; examples_test.ts compares them with the service. */
import { type ProblemAnswer, VERSION } from "../../contracts/mod.ts";
import { PROBLEM_TYPE_PREFIX, STATUS_TEXT } from "../../platform/mod.ts";
import { GET_METRIC } from "./parameters.ts";
import { ENDPOINTS, LONG_ENDPOINTS, PROBLEM_TYPES, type ProblemSlug } from "../serve/mod.ts";

const ID = "mwtsn2w405asc2d4-1";
const FIELDS = ["bandwidth_gbps", "latency_us", "packet_errors"];
const POLLED = {
  polls: 2,
  successes: 2,
  not_modified: 1,
  failures: 0,
  failures_by_cause: {},
  consecutive_failures: 0,
  last_success: "2026-01-07T21:44:31.745Z",
  backoff_ms: 0,
  circuit: "closed",
  rows: 2,
  bad_rows: 0,
  uneven_rows: 0,
  repeated_ids: 0,
  rows_left_out: 0,
};
const GAUGE = {
  kind: "gauge",
  scale: "linear",
  is_error: false,
  saturated_at: null,
  kind_from: "name",
  rate: null,
};
const REQUESTED = { count: 1, samples: 1, p50_ms: 0.25, p95_ms: 0.25, p99_ms: 0.25, max_ms: 0.25 };
const NOT_REQUESTED = {
  count: 0,
  samples: 0,
  p50_ms: null,
  p95_ms: null,
  p99_ms: null,
  max_ms: null,
};

const AGES = { age_ms: 1846, oldest_row_age_ms: 1846, rows_stale: 0 };

/** Request and response body by name. */
export const EXAMPLES = {
  get_metric: {
    target: "/telemetry/GetMetric?switch_id=sw-000&metric=bandwidth_gbps",
    body: {
      switch_id: "sw-000",
      metric: "bandwidth_gbps",
      value: 111.7,
      snapshot_id: ID,
      age_ms: 1846,
    },
  },
  list_metrics: {
    target: "/telemetry/ListMetrics?limit=1",
    body: {
      snapshot_id: ID,
      age_ms: 1846,
      fields: FIELDS,
      items: [
        { switch_id: "sw-000", bandwidth_gbps: 111.7, latency_us: 14.32, packet_errors: 980 },
      ],
      next_cursor: "MSBtd3RzbjJ3NDA1YXNjMmQ0LTE",
    },
  },
  list_csv: {
    target: "/telemetry/ListMetrics?format=csv&fields=latency_us",
    body: "switch_id,latency_us\nsw-000,14.32\nsw-001,7.36\n",
  },
  list_ndjson: {
    target: "/telemetry/ListMetrics?format=ndjson&fields=latency_us",
    body: '{"switch_id":"sw-000","latency_us":14.32}\n{"switch_id":"sw-001","latency_us":7.36}\n',
  },
  columns: {
    target: "/telemetry/columns",
    body: {
      snapshot_id: ID,
      columns: [
        { name: "bandwidth_gbps", ...GAUGE, unit: "Gb/s" },
        { name: "latency_us", ...GAUGE, unit: "µs" },
        {
          name: "packet_errors",
          kind: "counter",
          unit: "errors",
          scale: "log",
          is_error: true,
          saturated_at: "18446744073709551615",
          kind_from: "name",
          rate: "rate(packet_errors)",
        },
      ],
    },
  },
  healthz: { target: "/healthz", body: { ok: true } },
  readyz: {
    target: "/readyz",
    body: { ok: true, age_ms: 1846, missing_sources: [], stale_sources: [] },
  },
  stats: {
    target: "/stats",
    body: {
      service: "metrics_server",
      version: VERSION,
      shard: null,
      uptime_ms: 5,
      endpoints: Object.fromEntries(
        ENDPOINTS.map((name, endpoint) => [name, {
          ...(name === "GetMetric" ? REQUESTED : NOT_REQUESTED),
          first_byte: LONG_ENDPOINTS.includes(endpoint) ? NOT_REQUESTED : null,
        }]),
      ),
      poller: { ...POLLED, ...AGES },
      sources: [{
        url: "http://127.0.0.1:9001/counters",
        ...POLLED,
        last_error: null,
        snapshot_id: ID,
        restored: false,
        time_source: "header",
        row_times: null,
        ...AGES,
        freshness: {
          state: "fresh",
          bound_ms: 21_500,
          bound_from: "interval",
          interval_ms: 10_000,
        },
        repeated_columns: [],
        replica: null,
      }],
      store: null,
      log: { lines_dropped: 3 },
      event_loop: { block_max_ms: 1.5 },
    },
  },
} as const;

/** Request and body of error responses, by slug. */
export const PROBLEM_EXAMPLES: Partial<Record<ProblemSlug, ReturnType<typeof problemExample>>> = {
  "missing-parameter": problemExample(
    "missing-parameter",
    "/telemetry/GetMetric?switch_id=sw-000",
    "Parameter metric is missing: give it once, e.g. " +
      "/telemetry/GetMetric?switch_id=sw-000&metric=bandwidth_gbps",
    { parameter: "metric" },
  ),
  "bad-parameter": problemExample(
    "bad-parameter",
    "/telemetry/ListMetrics?format=xml",
    "format=xml: must be one of json, csv, spreadsheet, ndjson",
    { parameter: "format" },
  ),
  "unknown-parameter": problemExample(
    "unknown-parameter",
    "/telemetry/GetMetric?switch=sw-000&metric=latency_us",
    `No parameter switch: /telemetry/GetMetric takes ${
      GET_METRIC.map(({ name }) => name).join(", ")
    }; did you mean switch_id?`,
    { parameter: "switch" },
  ),
  "unknown-switch": problemExample(
    "unknown-switch",
    "/telemetry/GetMetric?switch_id=sw-999&metric=bandwidth_gbps",
    "No switch sw-999: /telemetry/ListMetrics names the switches there are",
    { switch_id: "sw-999" },
  ),
  "unknown-metric": problemExample(
    "unknown-metric",
    "/telemetry/GetMetric?switch_id=sw-000&metric=watts",
    "No metric watts for switch sw-000: there are bandwidth_gbps, latency_us, packet_errors",
    { switch_id: "sw-000", metric: "watts" },
  ),
  "cursor-gone": problemExample(
    "cursor-gone",
    "/telemetry/ListMetrics?limit=1&cursor=MSBtd3RzbjJ3NDA1YXNjMmQ0LTA",
    `The cursor belongs to snapshot mwtsn2w405asc2d4-0, and ${ID} has replaced it: ` +
      "start again without cursor, or request larger pages",
    { snapshot_id: ID },
  ),
  "misdirected": problemExample(
    "misdirected",
    "/telemetry/GetMetric?switch_id=sw-002&metric=latency_us",
    "Switch sw-002 belongs to shard 3 of 4: send the request to a service with SHARD=3/4; " +
      "shards are crc32(switch_id) % 4",
    { shard: 3, shards: 4 },
  ),
  "too-stale": problemExample(
    "too-stale",
    "/telemetry/GetMetric?switch_id=sw-000&metric=latency_us&max_age_ms=1000",
    "The data is 1846 ms old, over max_age_ms=1000: " +
      "try again, or accept older data; /stats shows the poller",
    { age_ms: 1846, max_age_ms: 1000 },
  ),
};

function problemExample(
  slug: ProblemSlug,
  target: string,
  detail: string,
  members: Record<string, string | number>,
) {
  const { status } = PROBLEM_TYPES[slug];
  const title = STATUS_TEXT[status];
  const body: ProblemAnswer = {
    type: PROBLEM_TYPE_PREFIX + slug,
    title,
    status,
    detail,
    ...members,
  };
  return { target, body };
}

/** The first event of a stream with one cell. */
export const STREAM_EXAMPLE = {
  id: ID,
  event: "snapshot",
  data: `{"snapshot_id":"${ID}","taken_ms":1767822270052,"fields":["latency_us"],` +
    '"items":[{"switch_id":"sw-000","latency_us":14.32}]}',
};
