/** The requests of the profiles, each with its checks. */
import http from "k6/http";
import { check } from "k6";
import { recordAge } from "./staleness.js";
import { listUrl, metricUrl } from "./target.js";

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

/** @param {import("./target.js").Pair} pair */
export async function getMetric({ id, metric }) {
  const res = await http.asyncRequest("GET", metricUrl(id, metric), null, GET_METRIC);
  check(res, {
    "GetMetric answers 200": (r) => r.status === 200,
    "GetMetric answers for the switch asked": (r) =>
      typeof r.body === "string" && r.body.includes(`"switch_id":${JSON.stringify(id)}`),
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

/** @param {string} metric */
export async function getUnknownSwitch(metric) {
  const url = metricUrl("no-such-switch", metric);
  const res = await http.asyncRequest("GET", url, null, UNKNOWN_SWITCH);
  check(res, {
    "an unknown switch is 404 and named": (r) =>
      r.status === 404 && typeof r.body === "string" && r.body.includes("no-such-switch"),
  });
}

/** @param {string} id */
export async function getWithoutMetric(id) {
  const url = metricUrl(id, "").replace("&metric=", "");
  const res = await http.asyncRequest("GET", url, null, NO_METRIC);
  check(res, {
    "a request without metric is 400, as a problem": (r) =>
      r.status === 400 && (r.headers["Content-Type"] || "").includes("application/problem+json"),
  });
}

/** @param {string} base_url */
export async function getReady(base_url) {
  const res = await http.asyncRequest("GET", `${base_url}/readyz`, null, READY);
  check(res, { "readyz answers 200": (r) => r.status === 200 });
}
