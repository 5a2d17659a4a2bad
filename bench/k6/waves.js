/**
 * Waves: all VUs ask at the same instant, every WAVE_MS. So many requests are truly concurrent, at no
 * more than VUS / WAVE_MS in total.
 *
 * It is a closed loop: a VU whose answer takes longer than WAVE_MS leaves out the waves meanwhile, so
 * that a server that stands still is asked less and its percentiles here look better than what
 * clients would see. Up to WAVE_MS there is no difference. The chaos lab's judge puts back what was
 * left out (chaos/judge/due_windows.ts); an open loop is arrival.js.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 -e WAVE_MS=250 bench/k6/waves.js
 *
 * VUS (100), WAVE_MS (250), WAVE_OFFSET_MS (0: two loads with the same one ask at once),
 * WARM_UP_MS (0: so long the waves come WARM_UP_FACTOR times as often, for both sides' compilers),
 * DURATION (30s), TIMEOUT_MS (5000), P95_MS (7), AGE_MAX_MS (15000),
 * GATE (on: thresholds and summary files; off: neither, where somebody else judges the samples),
 * PATHS (JSON list of what is asked for; else any switch, any of its metrics), OUT_DIR (.)
 */
import http from "k6/http";
import { setTimeout } from "k6/timers";
import { recordAge, stalenessThresholds } from "./lib/staleness.js";
import { summarize, TREND_STATS } from "./lib/summary.js";
import { anyOf, BASE_URL, discoverFabric, metricUrl, numberFromEnv } from "./lib/target.js";

const WAVE_MS = numberFromEnv("WAVE_MS", 250);
const WAVE_OFFSET_MS = numberFromEnv("WAVE_OFFSET_MS", 0);
const WARM_UP_MS = numberFromEnv("WARM_UP_MS", 0);
const WARM_UP_FACTOR = 5;
const IS_GATE = __ENV.GATE !== "off";

/** URLs are drawn from this many where the server is asked for them. */
const URLS_MAX = 200;

/** @type {import("k6/options").Options} */
export const options = {
  scenarios: {
    waves: {
      executor: "constant-vus",
      vus: numberFromEnv("VUS", 100),
      duration: __ENV.DURATION || "30s",
      gracefulStop: "0s",
    },
  },
  summaryTrendStats: TREND_STATS,
  // A line a sample is read by others: tags nobody asks for are most of it.
  systemTags: ["status"],
  thresholds: IS_GATE
    ? {
      http_req_duration: [`p(95)<${numberFromEnv("P95_MS", 7)}`],
      http_req_failed: ["rate==0"],
      ...stalenessThresholds,
    }
    : {},
};

const params = { timeout: numberFromEnv("TIMEOUT_MS", 5000) };

/** @returns {Promise<{ urls: string[], warm_ms: number }>} */
export async function setup() {
  const warm_ms = Date.now() + WARM_UP_MS;
  if (__ENV.PATHS) {
    const paths = /** @type {string[]} */ (JSON.parse(__ENV.PATHS));
    return { urls: paths.map((path) => BASE_URL + path), warm_ms };
  }
  const { switches, metrics } = await discoverFabric();
  const urls = [];
  for (const one of switches) {
    for (const metric of metrics) urls.push(metricUrl(one, metric));
  }
  return { urls: urls.slice(0, URLS_MAX), warm_ms };
}

/** @param {{ urls: string[], warm_ms: number }} target */
export default async function ({ urls, warm_ms }) {
  // The waves are cut from the clock all VUs share, so they need not talk to each other.
  const now_ms = Date.now();
  const wave_ms = now_ms < warm_ms ? WAVE_MS / WARM_UP_FACTOR : WAVE_MS;
  const next_ms = (Math.floor((now_ms - WAVE_OFFSET_MS) / wave_ms) + 1) * wave_ms + WAVE_OFFSET_MS;
  await sleepUntil(next_ms);
  const res = await http.asyncRequest("GET", anyOf(urls), null, params);
  // Answers of this wave that are yet to come do not wait for the headers of those that came.
  await sleepUntil(next_ms + wave_ms / 2);
  if (res.status === 200) recordAge(res);
}

/** @param {number} time_ms */
function sleepUntil(time_ms) {
  const wait_ms = time_ms - Date.now();
  return wait_ms <= 0 ? null : new Promise((resolve) => {
    setTimeout(() => resolve(undefined), wait_ms);
  });
}

/** @param {import("./lib/summary.js").Summary} data */
export function handleSummary(data) {
  return IS_GATE ? summarize("waves", data) : {};
}
