/** The requests of the profiles with their checks, and the age of the data they return. */
import http from "k6/http";
import exec from "k6/execution";
import { check } from "k6";
import { Rate, Trend } from "k6/metrics";
import {
  anyOf,
  BASE_URL,
  GET_METRIC_URL,
  listUrl,
  metricUrl,
  numberFromEnv,
  switchOf,
} from "./target.js";

/** @typedef {import("./target.js").Fabric} Fabric */

/** Largest acceptable age of data, in milliseconds: the source's interval, a poll, a margin. */
export const AGE_MAX_MS = numberFromEnv("AGE_MAX_MS", 15000);

const data_age_ms = new Trend("data_age_ms", true);
const data_too_old = new Rate("data_too_old");

export const ageThresholds = {
  data_age_ms: [`p(95)<${AGE_MAX_MS}`],
  data_too_old: ["rate<0.01"],
};

/** Thresholds of every profile with checks. */
export const commonThresholds = {
  http_req_failed: ["rate==0"],
  checks: ["rate==1"],
  ...ageThresholds,
};

const NO_SUCH_SWITCH = switchOf("no-such-switch");

const GET_METRIC = { tags: { name: "GetMetric" } };
const LIST_METRICS = { tags: { name: "ListMetrics" } };
const UNKNOWN_SWITCH = {
  tags: { name: "unknown switch" },
  responseCallback: http.expectedStatuses(404),
};
const NO_METRIC = {
  tags: { name: "bad request" },
  responseCallback: http.expectedStatuses(400),
};
const READY = { tags: { name: "readyz" } };

/** Whether other programs compare the answers. */
const ANSWERS = __ENV.ANSWERS === "on";
/** Longest answer that is recorded, in characters. */
const ANSWER_CHARS_MAX = 512;

/**
 * Records the age in `X-Data-Age-Ms`; a response without it counts as too old.
 *
 * With ANSWERS=on, the sample of `data_too_old` has the answer in its metadata, which makes no time
 * series, unlike a tag: number of the path, time of the request, age, body.
 *
 * @param {{ headers: Record<string, string>, body?: unknown }} res
 * @param {{ path: number, sent_ms: number } | null} request
 */
export function recordAge(res, request = null) {
  const age_ms = Number(res.headers["X-Data-Age-Ms"]);
  const is_known = age_ms >= 0;
  if (is_known) data_age_ms.add(age_ms);
  const is_too_old = !is_known || age_ms > AGE_MAX_MS;
  const { body } = res;
  if (!ANSWERS || request === null || typeof body !== "string" || body.length > ANSWER_CHARS_MAX) {
    data_too_old.add(is_too_old);
    return;
  }
  const { metadata } = exec.vu.metrics;
  metadata.answer = `${request.path} ${request.sent_ms} ${is_known ? age_ms : ""} ${body}`;
  data_too_old.add(is_too_old);
  delete metadata.answer;
}

/**
 * Requests a random metric of a random switch.
 * @param {Fabric} fabric
 */
export async function getMetric({ switches, metrics }) {
  const one = anyOf(switches);
  const res = await http.asyncRequest("GET", metricUrl(one, anyOf(metrics)), null, GET_METRIC);
  check(res, {
    "GetMetric returns 200": (r) => r.status === 200,
    "GetMetric returns the requested switch": (r) =>
      typeof r.body === "string" && r.body.includes(one.json),
  });
  if (res.status === 200) recordAge(res);
}

/**
 * Requests the list, or a 304 if it still has this ETag.
 * @param {string} etag Empty: always the list.
 */
export async function listMetrics(etag) {
  const params = etag === ""
    ? LIST_METRICS
    : { ...LIST_METRICS, headers: { "If-None-Match": etag } };
  const res = await http.asyncRequest("GET", listUrl(), null, params);
  check(res, {
    "ListMetrics returns 200, or 304 to its ETag": (r) =>
      r.status === 200 || (etag !== "" && r.status === 304),
    "ListMetrics returns items with 200": (r) =>
      r.status !== 200 || (typeof r.body === "string" && r.body.includes('"items":[{')),
    "ListMetrics returns an ETag": (r) => Boolean(r.headers["Etag"]),
  });
  if (res.status === 200 || res.status === 304) recordAge(res);
  return res;
}

/** @param {Fabric} fabric */
export async function getUnknownSwitch({ metrics }) {
  const url = metricUrl(NO_SUCH_SWITCH, anyOf(metrics));
  const res = await http.asyncRequest("GET", url, null, UNKNOWN_SWITCH);
  check(res, {
    "an unknown switch returns 404 and its name": (r) =>
      r.status === 404 && typeof r.body === "string" && r.body.includes(NO_SUCH_SWITCH.id),
  });
}

/** @param {Fabric} fabric */
export async function getWithoutMetric({ switches }) {
  const url = GET_METRIC_URL + anyOf(switches).query;
  const res = await http.asyncRequest("GET", url, null, NO_METRIC);
  check(res, {
    "a request without metric returns a 400 problem": (r) =>
      r.status === 400 && (r.headers["Content-Type"] || "").includes("application/problem+json"),
  });
}

export async function getReady() {
  const res = await http.asyncRequest("GET", `${BASE_URL}/readyz`, null, READY);
  check(res, { "readyz returns 200": (r) => r.status === 200 });
}
