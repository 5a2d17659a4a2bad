/**
 * Waves: all VUs send a request at the same instant, every WAVE_MS, for true concurrency at a low
 * total rate.
 *
 * This is a closed loop: a VU whose response takes longer than WAVE_MS skips waves, so a stalled
 * server gets fewer requests and its percentiles look better than clients would see them. Below
 * WAVE_MS there is no difference. The chaos lab's judge adds the skipped requests
 * (chaos/judge/due_waves.ts); arrival.js is an open loop.
 *
 *     k6 run -e BASE_URL=http://127.0.0.1:8080 -e WAVE_MS=250 bench/k6/waves.js
 *
 * VUS (100), WAVE_MS (250), WAVE_OFFSET_MS (0; equal offsets synchronize the waves of two loads),
 * WARM_UP_MS (0; time with WARM_UP_FACTOR times as many waves, in which both sides compile),
 * DURATION (30s), TIMEOUT_MS (5000), P95_MS (7), AGE_MAX_MS (15000),
 * GATE (on; off: no thresholds and no summary files, for samples that are judged elsewhere),
 * PATHS (JSON list of paths; default: any metric of any switch), OUT_DIR (.)
 */
import http from "k6/http";
import { setTimeout } from "k6/timers";
import { ageThresholds, recordAge } from "./lib/requests.js";
import { summarize, TREND_STATS } from "./lib/summary.js";
import { anyIndexOf, discoverFabric, metricUrl, numberFromEnv, urlsFromEnv } from "./lib/target.js";

const WAVE_MS = numberFromEnv("WAVE_MS", 250);
const WAVE_OFFSET_MS = numberFromEnv("WAVE_OFFSET_MS", 0);
const WARM_UP_MS = numberFromEnv("WARM_UP_MS", 0);
const WARM_UP_FACTOR = 5;
const IS_GATE = __ENV.GATE !== "off";

/** Number of URLs without PATHS. */
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
  // Other programs read a line per sample; all system tags would be most of it.
  systemTags: ["status"],
  thresholds: IS_GATE
    ? {
      http_req_duration: [`p(95)<${numberFromEnv("P95_MS", 7)}`],
      http_req_failed: ["rate==0"],
      ...ageThresholds,
    }
    : {},
};

const params = { timeout: numberFromEnv("TIMEOUT_MS", 5000) };

/** @returns {Promise<{ urls: string[], warm_ms: number }>} */
export async function setup() {
  const warm_ms = Date.now() + WARM_UP_MS;
  const given = urlsFromEnv();
  if (given !== null) return { urls: given, warm_ms };
  const { switches, metrics } = await discoverFabric();
  const urls = [];
  for (const one of switches) {
    for (const metric of metrics) urls.push(metricUrl(one, metric));
  }
  return { urls: urls.slice(0, URLS_MAX), warm_ms };
}

/** @param {{ urls: string[], warm_ms: number }} target */
export default async function ({ urls, warm_ms }) {
  // Waves follow the clock that all VUs share.
  const now_ms = Date.now();
  const wave_ms = now_ms < warm_ms ? WAVE_MS / WARM_UP_FACTOR : WAVE_MS;
  const next_ms = (Math.floor((now_ms - WAVE_OFFSET_MS) / wave_ms) + 1) * wave_ms + WAVE_OFFSET_MS;
  await sleepUntil(next_ms);
  const path = anyIndexOf(urls), sent_ms = Date.now();
  const res = await http.asyncRequest("GET", urls[path], null, params);
  // Headers are read between waves, so that they do not delay other responses of this wave.
  await sleepUntil(next_ms + wave_ms / 2);
  if (res.status === 200) recordAge(res, { path, sent_ms });
}

/** @param {number} time_ms */
function sleepUntil(time_ms) {
  const wait_ms = time_ms - Date.now();
  return wait_ms <= 0 ? null : new Promise((resolve) => {
    setTimeout(() => resolve(undefined), wait_ms);
  });
}

export const handleSummary = IS_GATE ? summarize("waves") : () => ({});
