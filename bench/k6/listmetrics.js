/**
 * ListMetrics as dashboards poll it: the list once, then with its ETag, so 200s and 304s mix.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 bench/k6/listmetrics.js
 *
 * VUS (20), DURATION (30s), P95_MS (20), AGE_MAX_MS (15000), OUT_DIR (.)
 */
import { Counter } from "k6/metrics";
import { commonThresholds, listMetrics } from "./lib/requests.js";
import { summarize, TREND_STATS } from "./lib/summary.js";
import { discoverFabric, numberFromEnv } from "./lib/target.js";

const P95_MS = numberFromEnv("P95_MS", 20);

/** Every so many requests one fetches the whole list, like a newly opened dashboard. */
const WHOLE_LIST_EVERY = 4;

const lists_sent = new Counter("lists_sent");
const lists_not_modified = new Counter("lists_not_modified");

/** @type {import("k6/options").Options} */
export const options = {
  vus: numberFromEnv("VUS", 20),
  duration: __ENV.DURATION || "30s",
  summaryTrendStats: TREND_STATS,
  thresholds: {
    "http_req_duration{status:200}": [`p(95)<${P95_MS}`],
    "http_req_duration{status:304}": [`p(95)<${P95_MS}`],
    lists_sent: ["count>0"],
    lists_not_modified: ["count>0"],
    ...commonThresholds,
  },
};

/** ETag of the last list of this VU. */
let etag = "";

export const setup = discoverFabric;

export default async function () {
  const res = await listMetrics(__ITER % WHOLE_LIST_EVERY === 0 ? "" : etag);
  etag = res.headers["Etag"] || etag;
  if (res.status === 200) lists_sent.add(1);
  if (res.status === 304) lists_not_modified.add(1);
}

export const handleSummary = summarize("listmetrics");
