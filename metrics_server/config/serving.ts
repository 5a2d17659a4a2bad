/** Variables of what clients get. */
import {
  allowedHostsProblem,
  choice,
  commaList,
  type Config,
  httpUrl,
  integer,
  text,
} from "../../platform/mod.ts";
import { itemsBytesMax } from "../snapshot/mod.ts";
import type { FabricSettings } from "../fabric/mod.ts";
import type { ServeLimits } from "../serve/mod.ts";
import { shardOf, type SOURCES_SPEC } from "./sources.ts";

export const SERVING_SPEC = {
  MAX_STALE_MS: integer({
    default: 0,
    min: 0,
    max: 86_400_000,
    unit: "ms",
    // Clamped to 0, a negative bound would mean no bound.
    out_of_range: "refuse below",
    description: "Age above which data is answered with 503 instead; 0: never",
  }),
  FRESH_BOUND_MS: integer({
    default: 0,
    min: 0,
    max: 86_400_000,
    unit: "ms",
    out_of_range: "refuse below",
    description: "Age above which data counts as stale in /stats, /metrics, /readyz and on the " +
      "dashboard; 0: two learned data intervals plus POLL_MS; never above MAX_STALE_MS",
  }),
  READY_REQUIRES: choice({
    default: "any",
    of: ["any", "all"],
    description: "Sources that must have data within MAX_STALE_MS for /readyz to answer 200",
  }),
  METRICS_FABRIC: choice({
    default: "off",
    of: ["off", "on"],
    description: "Whether /metrics/fabric serves the telemetry itself to Prometheus",
  }),
  METRICS_FABRIC_COLUMNS: text({
    default: "",
    description:
      "Columns of /metrics/fabric unless a request has fields=, as names in any case or beginnings " +
      "with *, separated by commas; empty: every counter and gauge",
  }),
  METRICS_FABRIC_SERIES_MAX: integer({
    default: 400_000,
    min: 1,
    max: 1_000_000,
    unit: "series",
    description: "Most series of /metrics/fabric; further ones are left out and counted there",
  }),
  PROMETHEUS_URL: text({
    default: "",
    problemOf: prometheusUrlProblem,
    description: "Address at which browsers reach the Prometheus that scrapes /metrics/fabric, " +
      "such as http://127.0.0.1:9090: the dashboard links each row to its history there; every " +
      "client of the dashboard sees it; empty: no link",
  }),
  STREAM_WEBSOCKET: choice({
    default: "off",
    of: ["off", "on"],
    description: "Whether /telemetry/stream also upgrades to WebSocket; on for known clients " +
      "only: Deno collects a client's fragments without a bound",
  }),
  ALLOWED_HOSTS: text({
    default: "",
    problemOf: allowedHostsProblem,
    description: "Names with a dot under which the service answers, separated by commas: " +
      "telemetry.example, *.fabric.example, or * behind a proxy that checks Host; addresses and " +
      "names without a dot are always answered",
  }),
};

type ServingConfig = Config<typeof SERVING_SPEC>;

/** `MAX_STALE_MS`, or Infinity if it is 0. */
export function maxStaleMs({ MAX_STALE_MS }: Pick<ServingConfig, "MAX_STALE_MS">): number {
  return MAX_STALE_MS === 0 ? Infinity : MAX_STALE_MS;
}

/** Why the dashboard cannot link to pages under this URL; undefined if it can. */
function prometheusUrlProblem(text: string): string | undefined {
  const href = httpUrl(text);
  if (href === undefined) return "must be an http:// or https:// URL";
  const { username, password } = new URL(href);
  if (username === "" && password === "" && !/[?#]/.test(text)) return undefined;
  return "must have no user, password, query or fragment: every client of the dashboard sees it";
}

/** Settings of the serving threads. */
export function serveLimits(
  config:
    & ServingConfig
    & Pick<Config<typeof SOURCES_SPEC>, "POLL_MS" | "SHARD" | "UPSTREAM_MAX_BYTES">,
): ServeLimits {
  return {
    max_stale_ms: maxStaleMs(config),
    fresh_bound_ms: config.FRESH_BOUND_MS,
    poll_ms: config.POLL_MS,
    ready_requires: config.READY_REQUIRES,
    list_bytes_max: itemsBytesMax(config.UPSTREAM_MAX_BYTES),
    retry_after_s: Math.ceil(config.POLL_MS / 1000),
    fabric_columns: commaList(config.METRICS_FABRIC_COLUMNS),
    shard: shardOf(config),
  };
}

/** Settings of `/metrics/fabric`; null if it is off. */
export function fabricSettings(config: ServingConfig): FabricSettings | null {
  if (config.METRICS_FABRIC === "off") return null;
  const { METRICS_FABRIC_SERIES_MAX: series_max } = config;
  return { series_max, max_stale_ms: maxStaleMs(config) };
}
