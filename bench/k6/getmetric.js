/**
 * GetMetric as hard as it answers: 100 VUs, each asks as soon as it has its answer.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 bench/k6/getmetric.js
 *
 * VUS (100), DURATION (30s), P95_MS (7), P99_MS (25), AGE_MAX_MS (15000), OUT_DIR (.)
 */
import { getMetric } from "./lib/requests.js";
import { stalenessThresholds } from "./lib/staleness.js";
import { summarize, TREND_STATS } from "./lib/summary.js";
import { discoverFabric, numberFromEnv } from "./lib/target.js";

/** @type {import("k6/options").Options} */
export const options = {
  vus: numberFromEnv("VUS", 100),
  duration: __ENV.DURATION || "30s",
  summaryTrendStats: TREND_STATS,
  thresholds: {
    http_req_duration: [
      `p(95)<${numberFromEnv("P95_MS", 7)}`,
      `p(99)<${numberFromEnv("P99_MS", 25)}`,
    ],
    http_req_failed: ["rate==0"],
    checks: ["rate==1"],
    ...stalenessThresholds,
  },
};

export function setup() {
  return discoverFabric();
}

/** @param {import("./lib/target.js").Fabric} fabric */
export default async function (fabric) {
  await getMetric(fabric);
}

/** @param {import("./lib/summary.js").Summary} data */
export function handleSummary(data) {
  return summarize("getmetric", data);
}
