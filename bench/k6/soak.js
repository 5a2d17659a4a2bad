/**
 * A moderate rate for a long time. Leaks and slowdowns show in the second half, which has its own
 * thresholds.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 -e DURATION=2h bench/k6/soak.js
 *
 * RATE (300 per second), VUS (50), DURATION (30m), P95_MS (7), AGE_MAX_MS (15000), OUT_DIR (.)
 */
import exec from "k6/execution";
import { commonThresholds, getMetric, listMetrics } from "./lib/requests.js";
import { summarize, TREND_STATS } from "./lib/summary.js";
import { discoverFabric, numberFromEnv } from "./lib/target.js";

const P95_MS = numberFromEnv("P95_MS", 7);
const VUS = numberFromEnv("VUS", 50);

/** Every so many iterations one fetches the list. */
const LIST_EVERY = 50;

/** @type {import("k6/options").Options} */
export const options = {
  scenarios: {
    soak: {
      executor: "constant-arrival-rate",
      rate: numberFromEnv("RATE", 300),
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
    dropped_iterations: ["count==0"],
    ...commonThresholds,
  },
};

/** ETag of the last list of this VU. */
let etag = "";

export const setup = discoverFabric;

/** @param {import("./lib/target.js").Fabric} fabric */
export default async function (fabric) {
  exec.vu.metrics.tags["half"] = exec.scenario.progress < 0.5 ? "first" : "second";
  if (exec.scenario.iterationInTest % LIST_EVERY === 0) {
    const res = await listMetrics(etag);
    etag = res.headers["Etag"] || etag;
  } else {
    await getMetric(fabric);
  }
}

export const handleSummary = summarize("soak");
