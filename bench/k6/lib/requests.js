/** The requests of the profiles, each with its checks. */
import http from "k6/http";
import { check } from "k6";
import { recordAge } from "./staleness.js";
import { anyOf, BASE_URL, GET_METRIC_URL, listUrl, metricUrl, switchOf } from "./target.js";

/** @typedef {import("./target.js").Fabric} Fabric */

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

/**
 * Any switch, any of its metrics.
 * @param {Fabric} fabric
 */
export async function getMetric({ switches, metrics }) {
  const asked = anyOf(switches);
  const res = await http.asyncRequest("GET", metricUrl(asked, anyOf(metrics)), null, GET_METRIC);
  check(res, {
    "GetMetric answers 200": (r) => r.status === 200,
    "GetMetric answers for the switch asked": (r) =>
      typeof r.body === "string" && r.body.includes(asked.json),
  });
  if (res.status === 200) recordAge(res);
  return res;
}

/**
 * The whole list, or 304 where nothing is new since the ETag.
 * @param {string} etag empty: always the list
 */
export async function listMetrics(etag) {
  const params = etag === ""
    ? LIST_METRICS
    : { ...LIST_METRICS, headers: { "If-None-Match": etag } };
  const res = await http.asyncRequest("GET", listUrl(), null, params);
  check(res, {
    "ListMetrics answers 200, or 304 where asked": (r) =>
      r.status === 200 || (etag !== "" && r.status === 304),
    "ListMetrics has items where it answers 200": (r) =>
      r.status !== 200 || (typeof r.body === "string" && r.body.includes('"items":[{')),
    "ListMetrics tells its ETag": (r) => Boolean(r.headers["Etag"]),
  });
  if (res.status === 200 || res.status === 304) recordAge(res);
  return res;
}

/** @param {Fabric} fabric */
export async function getUnknownSwitch({ metrics }) {
  const url = metricUrl(NO_SUCH_SWITCH, anyOf(metrics));
  const res = await http.asyncRequest("GET", url, null, UNKNOWN_SWITCH);
  check(res, {
    "an unknown switch is 404 and named": (r) =>
      r.status === 404 && typeof r.body === "string" && r.body.includes(NO_SUCH_SWITCH.id),
  });
}

/** @param {Fabric} fabric */
export async function getWithoutMetric({ switches }) {
  const url = GET_METRIC_URL + anyOf(switches).query;
  const res = await http.asyncRequest("GET", url, null, NO_METRIC);
  check(res, {
    "a request without metric is 400, as a problem": (r) =>
      r.status === 400 && (r.headers["Content-Type"] || "").includes("application/problem+json"),
  });
}

export async function getReady() {
  const res = await http.asyncRequest("GET", `${BASE_URL}/readyz`, null, READY);
  check(res, { "readyz answers 200": (r) => r.status === 200 });
}
