/**
 * GetMetric in a closed loop: 100 VUs, each sends its next request after the response.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 bench/k6/getmetric.js
 *
 * VUS (100), DURATION (30s), P95_MS (7), P99_MS (25), AGE_MAX_MS (15000), OUT_DIR (.)
 */
import { commonThresholds, getMetric } from "./lib/requests.js";
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
    ...commonThresholds,
  },
};

export const setup = discoverFabric;

export default getMetric;

export const handleSummary = summarize("getmetric");
