/**
 * Open loop: requests arrive evenly at a fixed rate, whether the server keeps up or not. If all VUs
 * wait for a response, an arrival is dropped and counted, and the rate does not fall. Each VU has a
 * connection of its own, and the VUs take turns.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 -e RATE=2000 bench/k6/arrival.js
 *
 * With CONTROL_URL, a second scenario `control` sends as many requests to that URL, each half an
 * interval after one of the scenario `subject`: what both servers share, such as a busy machine,
 * shows in both. The samples have the tag `scenario`.
 *
 *     subject  │     │     │     │
 *     control     │     │     │     │
 *              └ 1 s / RATE
 *
 * RATE (1000 per second), VUS (100 per scenario), WARM_UP_MS (0; time with WARM_UP_FACTOR times the
 * rate before both scenarios, in which all sides compile), DURATION (30s), TIMEOUT_MS (5000),
 * P95_MS (7), AGE_MAX_MS (15000),
 * DROPPED_PCT (1: arrivals that may be dropped, for example while the load's machine pauses),
 * GATE (on; off: no thresholds and no summary files, for samples that are judged elsewhere),
 * ANSWERS (off; on: the answers to PATHS are recorded, see lib/requests.js),
 * PATHS (JSON list of paths, without checks; default: any metric of any switch), OUT_DIR (.)
 */
import http from "k6/http";
import { commonThresholds, getMetric, recordAge } from "./lib/requests.js";
import { summarize, TREND_STATS } from "./lib/summary.js";
import { anyIndexOf, anyOf, discoverFabric, numberFromEnv, urlsFromEnv } from "./lib/target.js";

const RATE = numberFromEnv("RATE", 1000);
const VUS = numberFromEnv("VUS", 100);
const WARM_UP_MS = Number(__ENV.WARM_UP_MS || 0);
const WARM_UP_FACTOR = 3;
/** After the warm-up, in milliseconds: its VUs are free again. */
const PAUSE_MS = 100;
const START_MS = WARM_UP_MS > 0 ? WARM_UP_MS + PAUSE_MS : 0;
const { CONTROL_URL } = __ENV;
const IS_GATE = __ENV.GATE !== "off";
const DROPPED_PCT = numberFromEnv("DROPPED_PCT", 1);

/**
 * @param {number} rate
 * @param {{ exec?: string, startTime?: string, duration?: string, gracefulStop?: string }} given
 * @returns {import("k6/options").ConstantArrivalRateScenario}
 */
const arrivals = (rate, { startTime = `${START_MS}ms`, ...given }) => ({
  executor: "constant-arrival-rate",
  rate,
  timeUnit: "1s",
  duration: __ENV.DURATION || "30s",
  preAllocatedVUs: VUS,
  maxVUs: VUS,
  startTime,
  gracefulStop: IS_GATE ? "30s" : "0s",
  ...given,
});

/** @type {import("k6/options").Options} */
export const options = {
  scenarios: {
    ...(WARM_UP_MS > 0 && {
      warm_up: arrivals(RATE * WARM_UP_FACTOR, {
        exec: "warmUp",
        startTime: "0s",
        duration: `${WARM_UP_MS}ms`,
        gracefulStop: "0s",
      }),
    }),
    subject: arrivals(RATE, {}),
    ...(CONTROL_URL && {
      control: arrivals(RATE, { exec: "control", startTime: `${START_MS + 500 / RATE}ms` }),
    }),
  },
  summaryTrendStats: TREND_STATS,
  // Other programs read a line per sample; all system tags would be most of it.
  systemTags: ["status", "scenario"],
  thresholds: IS_GATE
    ? {
      http_req_duration: [`p(95)<${numberFromEnv("P95_MS", 7)}`],
      dropped_iterations: [`rate<=${RATE * DROPPED_PCT / 100}`],
      ...commonThresholds,
    }
    : {},
};

const params = { timeout: numberFromEnv("TIMEOUT_MS", 5000) };

/** @typedef {{ urls: string[] | null, fabric: import("./lib/target.js").Fabric | null }} Target */

/** @returns {Promise<Target>} */
export async function setup() {
  const urls = urlsFromEnv();
  return { urls, fabric: urls === null ? await discoverFabric() : null };
}

/** @param {Target} target */
export default async function ({ urls, fabric }) {
  if (fabric !== null) return await getMetric(fabric);
  const path = anyIndexOf(urls || []), sent_ms = Date.now();
  const res = await http.asyncRequest("GET", (urls || [])[path], null, params);
  if (res.status === 200) recordAge(res, { path, sent_ms });
}

export async function control() {
  await http.asyncRequest("GET", CONTROL_URL, null, params);
}

/** @param {Target} target */
export async function warmUp({ urls, fabric }) {
  if (CONTROL_URL) await control();
  if (fabric !== null) return await getMetric(fabric);
  await http.asyncRequest("GET", anyOf(urls || []), null, params);
}

export const handleSummary = IS_GATE ? summarize("arrival") : () => ({});
