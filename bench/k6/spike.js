/**
 * A traffic spike: few VUs, many within seconds, few again.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 bench/k6/spike.js
 *
 * VUS (300 at the peak), BASE_VUS (10), HOLD (10s), RAMP (2s), P95_MS (30), AGE_MAX_MS (15000),
 * OUT_DIR (.)
 */
import { commonThresholds, getMetric } from "./lib/requests.js";
import { summarize, TREND_STATS } from "./lib/summary.js";
import { discoverFabric, numberFromEnv } from "./lib/target.js";

const PEAK_VUS = numberFromEnv("VUS", 300);
const BASE_VUS = numberFromEnv("BASE_VUS", 10);
const HOLD = __ENV.HOLD || "10s";
const RAMP = __ENV.RAMP || "2s";

/** @type {import("k6/options").Options} */
export const options = {
  scenarios: {
    spike: {
      executor: "ramping-vus",
      startVUs: BASE_VUS,
      stages: [
        { duration: HOLD, target: BASE_VUS },
        { duration: RAMP, target: PEAK_VUS },
        { duration: HOLD, target: PEAK_VUS },
        { duration: RAMP, target: BASE_VUS },
        { duration: HOLD, target: BASE_VUS },
      ],
      gracefulRampDown: "5s",
    },
  },
  summaryTrendStats: TREND_STATS,
  thresholds: {
    http_req_duration: [`p(95)<${numberFromEnv("P95_MS", 30)}`],
    ...commonThresholds,
  },
};

export const setup = discoverFabric;

export default getMetric;

export const handleSummary = summarize("spike");
