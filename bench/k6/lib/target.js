/** The server under load, its switches and its metrics. */
import http from "k6/http";
import { fail } from "k6";

/**
 * `setup()` computes the parts of URLs and checks once for each name.
 * @typedef {{ id: string, query: string, json: string }} Switch
 * @typedef {{ name: string, query: string }} Metric
 * @typedef {{ switches: Switch[], metrics: Metric[] }} Fabric
 */

export const BASE_URL = (__ENV.BASE_URL || "http://127.0.0.1:8080").replace(/\/+$/, "");

export const GET_METRIC_URL = `${BASE_URL}/telemetry/GetMetric?`;

/** Number of switches a run requests, spread over a larger fabric. */
const SWITCHES_MAX = 1000;

/**
 * A positive number from the environment.
 * @param {string} name
 * @param {number} fallback
 */
export function numberFromEnv(name, fallback) {
  const text = __ENV[name];
  if (text === undefined || text === "") return fallback;
  const number = Number(text);
  if (!(number > 0)) throw new Error(`${name}=${text}: must be a number greater than 0`);
  return number;
}

/**
 * URLs of PATHS, a JSON list of paths; null without it.
 * @returns {string[] | null}
 */
export function urlsFromEnv() {
  if (!__ENV.PATHS) return null;
  const paths = /** @type {string[]} */ (JSON.parse(__ENV.PATHS));
  return paths.map((path) => BASE_URL + path);
}

/**
 * Lists the switches and metrics of the server; used as `setup()`.
 * @returns {Promise<Fabric>}
 */
export async function discoverFabric() {
  const res = await http.asyncRequest("GET", listUrl(), null, {
    tags: { name: "discover" },
    timeout: "30s",
  });
  if (res.status !== 200) {
    fail(
      `Cannot discover switches at ${listUrl()}: status ${res.status} ${res.error}: ` +
        "start the server (deno task dev), or name another with -e BASE_URL=http://HOST:PORT",
    );
  }
  const list = /** @type {{ fields: string[], items: { switch_id: string }[] }} */ (
    /** @type {unknown} */ (res.json())
  );
  const step = Math.max(1, list.items.length / SWITCHES_MAX);
  const switches = [];
  for (let at = 0; at < list.items.length; at += step) {
    switches.push(switchOf(list.items[Math.floor(at)].switch_id));
  }
  if (switches.length === 0) fail(`Cannot run: ${listUrl()} lists no switches`);
  const metrics = list.fields.map((name) => ({
    name,
    query: `&metric=${encodeURIComponent(name)}`,
  }));
  return { switches, metrics };
}

export function listUrl() {
  return `${BASE_URL}/telemetry/ListMetrics`;
}

/**
 * @param {string} id
 * @returns {Switch}
 */
export function switchOf(id) {
  return {
    id,
    query: `switch_id=${encodeURIComponent(id)}`,
    json: `"switch_id":${JSON.stringify(id)}`,
  };
}

/**
 * @param {Switch} one
 * @param {Metric} metric
 */
export function metricUrl(one, metric) {
  return GET_METRIC_URL + one.query + metric.query;
}

/**
 * @template T
 * @param {T[]} items
 * @returns {T}
 */
export function anyOf(items) {
  return items[anyIndexOf(items)];
}

/** @param {{ length: number }} items */
export function anyIndexOf(items) {
  return Math.floor(Math.random() * items.length);
}
