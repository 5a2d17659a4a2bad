/**
 * A moderate rate for a long time: what leaks or slows down shows in the second half, which has
 * thresholds of its own.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 -e DURATION=2h bench/k6/soak.js
 *
 * RATE (300 a second), VUS (50), DURATION (30m), P95_MS (7), AGE_MAX_MS (15000), OUT_DIR (.)
 */
import exec from "k6/execution";
import { getMetric, listMetrics } from "./lib/requests.js";
import { stalenessThresholds } from "./lib/staleness.js";
import { summarize, TREND_STATS } from "./lib/summary.js";
import { discoverFabric, numberFromEnv } from "./lib/target.js";

const P95_MS = numberFromEnv("P95_MS", 7);
const VUS = numberFromEnv("VUS", 50);

/** One iteration in so many asks for the list. */
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
    http_req_failed: ["rate==0"],
    checks: ["rate==1"],
    dropped_iterations: ["count==0"],
    ...stalenessThresholds,
  },
};

/** The last list this VU has. */
let etag = "";

export function setup() {
  return discoverFabric();
}

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

/** @param {import("./lib/summary.js").Summary} data */
export function handleSummary(data) {
  return summarize("soak", data);
}
