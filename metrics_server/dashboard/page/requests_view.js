/** How many requests are answered, and how fast. */
import { byId, setText } from "./dom.js";
import { formatCount, formatLatency, formatRate } from "./format.js";
import { lineChart } from "./line_chart.js";
import { Ring } from "./ring.js";

/** Rates kept, one every two seconds: ten minutes. */
const RATES_MAX = 300;

const RATES = new Ring(RATES_MAX);
/** @type {{ count: number, uptime_ms: number } | null} */
let before = null;

/** @param {import("./model.js").Stats} stats */
export function showRequests({ endpoints, uptime_ms, event_loop, log }) {
  const count = Object.values(endpoints).reduce((sum, endpoint) => sum + endpoint.count, 0);
  // Counters that went back are those of a service that was started anew.
  const is_same = before !== null && uptime_ms > before.uptime_ms && count >= before.count;
  if (before !== null && is_same) {
    RATES.push((count - before.count) / ((uptime_ms - before.uptime_ms) / 1000));
  }
  before = { count, uptime_ms };
  const rates = RATES.values();
  const last = rates.at(-1);
  setText(byId("rate"), last === undefined ? formatRate(null) : `${formatRate(last)} /s`);
  setText(byId("p95-get"), formatLatency(endpoints.GetMetric?.p95_ms ?? null));
  setText(byId("p95-list"), formatLatency(endpoints.ListMetrics?.p95_ms ?? null));
  setText(byId("block"), formatLatency(event_loop.block_max_ms));
  const lost = log.lines_dropped;
  setText(
    byId("requests-note"),
    lost > 0
      ? `${formatCount(lost)} log lines dropped: stdout is read too slowly`
      : "Since this page opened; this page’s own are among them",
  );
  byId("rate-chart").replaceChildren(
    lineChart({ values: rates, times: null, width: 320, height: 36, min: 0 }),
  );
}
