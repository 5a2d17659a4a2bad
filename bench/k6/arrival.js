/**
 * The open model: requests arrive at a fixed rate, whether the server keeps up or not. What it does
 * not keep up with shows as dropped iterations, not as a lower rate.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 -e RATE=2000 bench/k6/arrival.js
 *
 * RATE (1000 a second), VUS (100), DURATION (30s), P95_MS (7), AGE_MAX_MS (15000), OUT_DIR (.)
 */
import { getMetric } from "./lib/requests.js";
import { stalenessThresholds } from "./lib/staleness.js";
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
    http_req_failed: ["rate==0"],
    checks: ["rate==1"],
    dropped_iterations: ["count==0"],
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
  return summarize("arrival", data);
}
