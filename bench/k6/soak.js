/**
 * A mix of requests at a moderate rate for a long time. The second half has its own thresholds, in
 * which leaks and slowdowns show.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 -e DURATION=2h bench/k6/soak.js
 *
 * RATE (300 per second), VUS (50), DURATION (30m), P95_MS (7), AGE_MAX_MS (15000), OUT_DIR (.),
 * DROPPED_PCT (1: arrivals that may be dropped, for example while the load's machine pauses)
 */
import exec from "k6/execution";
import { sendMixed } from "./lib/mix.js";
import { commonThresholds } from "./lib/requests.js";
import { summarize, TREND_STATS } from "./lib/summary.js";
import { discoverFabric, numberFromEnv } from "./lib/target.js";

const P95_MS = numberFromEnv("P95_MS", 7);
const VUS = numberFromEnv("VUS", 50);
const RATE = numberFromEnv("RATE", 300);
const DROPPED_PCT = numberFromEnv("DROPPED_PCT", 1);

/** @type {import("k6/options").Options} */
export const options = {
  scenarios: {
    soak: {
      executor: "constant-arrival-rate",
      rate: RATE,
      timeUnit: "1s",
      duration: __ENV.DURATION || "30m",
      preAllocatedVUs: VUS,
      maxVUs: 2 * VUS,
    },
  },
  summaryTrendStats: TREND_STATS,
  thresholds: {
    "http_req_duration{half:first}": [`p(95)<${P95_MS}`],
    "http_req_duration{half:second}": [`p(95)<${P95_MS}`],
    dropped_iterations: [`rate<=${RATE * DROPPED_PCT / 100}`],
    ...commonThresholds,
  },
};

export const setup = discoverFabric;

/** @param {import("./lib/target.js").Fabric} fabric */
export default async function (fabric) {
  exec.vu.metrics.tags["half"] = exec.scenario.progress < 0.5 ? "first" : "second";
  await sendMixed(fabric);
}

export const handleSummary = summarize("soak");
