/**
 * A weighted mix of traffic: mostly GetMetric, some lists, unknown switches, invalid requests and
 * probes.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 bench/k6/mixed.js
 *
 * VUS (50), DURATION (30s), P95_MS (10), AGE_MAX_MS (15000), OUT_DIR (.)
 */
import { sendMixed } from "./lib/mix.js";
import { commonThresholds } from "./lib/requests.js";
import { summarize, TREND_STATS } from "./lib/summary.js";
import { discoverFabric, numberFromEnv } from "./lib/target.js";

const P95_MS = numberFromEnv("P95_MS", 10);

/** @type {import("k6/options").Options} */
export const options = {
  vus: numberFromEnv("VUS", 50),
  duration: __ENV.DURATION || "30s",
  summaryTrendStats: TREND_STATS,
  thresholds: {
    "http_req_duration{name:GetMetric}": [`p(95)<${P95_MS}`],
    "http_req_duration{name:ListMetrics}": [`p(95)<${2 * P95_MS}`],
    "http_req_duration{name:unknown switch}": [`p(95)<${P95_MS}`],
    "http_req_duration{name:bad request}": [`p(95)<${P95_MS}`],
    ...commonThresholds,
  },
};

export const setup = discoverFabric;

export default sendMixed;

export const handleSummary = summarize("mixed");
