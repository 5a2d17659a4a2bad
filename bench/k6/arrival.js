/**
 * Open loop: requests arrive at a fixed rate, whether the server keeps up or not. A slow server
 * causes dropped iterations, not a lower rate.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 -e RATE=2000 bench/k6/arrival.js
 *
 * RATE (1000 per second), VUS (100), DURATION (30s), P95_MS (7), AGE_MAX_MS (15000), OUT_DIR (.)
 */
import { commonThresholds, getMetric } from "./lib/requests.js";
import { summarize, TREND_STATS } from "./lib/summary.js";
import { discoverFabric, numberFromEnv } from "./lib/target.js";

const VUS = numberFromEnv("VUS", 100);

/** @type {import("k6/options").Options} */
export const options = {
  scenarios: {
    arrival: {
      executor: "constant-arrival-rate",
      rate: numberFromEnv("RATE", 1000),
      timeUnit: "1s",
      duration: __ENV.DURATION || "30s",
      preAllocatedVUs: VUS,
      maxVUs: 2 * VUS,
    },
  },
  summaryTrendStats: TREND_STATS,
  thresholds: {
    http_req_duration: [`p(95)<${numberFromEnv("P95_MS", 7)}`],
    dropped_iterations: ["count==0"],
    ...commonThresholds,
  },
};

export const setup = discoverFabric;

export default getMetric;

export const handleSummary = summarize("arrival");
