/** Views of the service: banner, data age, requests, sources and hints. */
import { byId, make, setText } from "./dom.js";
import {
  counted,
  formatBound,
  formatCount,
  formatLatency,
  formatRate,
  formatSpan,
  NONE,
  spanParts,
} from "./format.js";
import { errorLine, sourceState } from "./freshness.js";
import { lineChart } from "./line_chart.js";
import { Ring } from "./history.js";

const BANNER = byId("banner");
const LIVE = byId("live");
let announced = "";

/**
 * @param {import("./freshness.js").Verdict} verdict
 * @param {string} detail The part that changes every second; not announced.
 */
export function showBanner({ state, level, sentence }, detail) {
  const is_shown = level === "bad" && state !== "empty";
  BANNER.hidden = !is_shown;
  BANNER.className = `banner ${level}`;
  if (is_shown) setText(BANNER, detail === "" ? sentence : `${sentence} ${detail}`);
  // Aging alternates with every snapshot of a slow source, so it is not announced.
  const news = state === "aging" ? "The data is fresh." : sentence;
  if (news !== announced) setText(LIVE, news);
  announced = news;
}

const PANEL = byId("freshness");
const AGE = byId("age");
const VERDICT = byId("verdict");
const FILL = byId("gauge-fill");
const BOUND = byId("bound");

/**
 * @param {import("./freshness.js").Verdict} verdict
 * @param {number | null} age_ms
 * @param {import("./freshness.js").Bound | null} bound
 */
export function showFreshness(verdict, age_ms, bound) {
  PANEL.dataset.level = verdict.level;
  PANEL.dataset.state = verdict.state;
  setText(VERDICT, verdict.word);
  showAge(age_ms);
  const share = age_ms === null || bound === null ? 0 : Math.min(1, age_ms / bound.bound_ms);
  FILL.style.transform = `scaleX(${share.toFixed(4)})`;
  if (bound !== null) setText(BOUND, `Bound ${formatBound(bound.bound_ms)}: ${bound.why}`);
  else if (age_ms !== null) {
    setText(BOUND, "No bound yet; it needs the data interval of two snapshots");
  }
}

/** @param {number | null} age_ms */
function showAge(age_ms) {
  const parts = age_ms === null ? [[NONE, ""]] : spanParts(age_ms);
  while (AGE.childNodes.length > parts.length * 2) AGE.lastChild?.remove();
  while (AGE.childNodes.length < parts.length * 2) AGE.append(make("b"), make("span"));
  parts.forEach(([value, unit], i) => {
    setText(AGE.childNodes[i * 2], value);
    setText(AGE.childNodes[i * 2 + 1], unit);
  });
}

/** Kept rates: ten minutes, one every two seconds. */
const RATES_MAX = 300;

const RATES = new Ring(RATES_MAX);
/** @type {{ count: number, uptime_ms: number } | null} */
let before = null;

/** @param {import("./model.js").Stats} stats */
export function showRequests({ endpoints, uptime_ms, event_loop, log }) {
  const count = Object.values(endpoints).reduce((sum, endpoint) => sum + endpoint.count, 0);
  // Counters that decreased belong to a restarted service.
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
      : "Since this page opened, including its own requests",
  );
  byId("rate-chart").replaceChildren(
    lineChart({ values: rates, times: null, width: 320, height: 36, min: 0 }),
  );
}

const LIST = byId("sources");
const ROLES = {
  leader: "polled by this replica for all",
  follower: "polled by another replica",
  alone: "polled by this replica for itself",
};
const CIRCUITS = { closed: "circuit closed", half_open: "circuit half-open", open: "circuit open" };

/**
 * @param {readonly import("./model.js").Source[]} sources
 * @param {number} since_ms Time since the /stats response.
 * @param {number} now_ms
 */
export function showSources(sources, since_ms, now_ms) {
  while (LIST.children.length > sources.length) LIST.lastChild?.remove();
  while (LIST.children.length < sources.length) LIST.append(newItem());
  sources.forEach((source, i) => show(LIST.children[i], source, since_ms, now_ms));
}

function newItem() {
  const item = make("li");
  const head = make("p", "source-head");
  head.append(make("span", "dot"), make("b"), make("span", "mono url"), make("span", "pill"));
  head.firstElementChild?.setAttribute("aria-hidden", "true");
  item.append(head, make("p", "note"), make("p", "note error"));
  return item;
}

/**
 * @param {Element} item
 * @param {import("./model.js").Source} source
 * @param {number} since_ms
 * @param {number} now_ms
 */
function show(item, source, since_ms, now_ms) {
  const problem = source.row_times?.problem ?? null;
  const { level, word } = sourceState(source);
  const [head, facts, error] = item.children;
  const [, state, url, circuit] = head.children;
  /** @type {HTMLElement} */ (item).dataset.level = level;
  setText(state, word);
  setText(url, source.url.replace(/^http:\/\//, ""));
  /** @type {HTMLElement} */ (url).title = source.url;
  setText(circuit, CIRCUITS[source.circuit]);
  /** @type {HTMLElement} */ (circuit).dataset.circuit = source.circuit;
  const age_ms = source.age_ms === null ? null : source.age_ms + since_ms;
  const parts = [
    age_ms === null ? "no data" : `data ${formatSpan(Math.floor(age_ms / 1000) * 1000)} old`
      .replace(/\.0/, ""),
    counted(source.rows, "row"),
    ...(source.bad_rows > 0 ? [`${formatCount(source.bad_rows)} bad`] : []),
    ...(problem !== null ? [`row times: ${problem.replaceAll("_", " ")}`] : []),
    counted(source.polls, "poll"),
    ...(source.failures > 0 ? [`${formatCount(source.failures)} failed`] : []),
    ...(source.replica !== null ? [ROLES[source.replica.role]] : []),
    ...(source.backoff_ms >= 500 ? [`next try within ${formatBound(source.backoff_ms)}`] : []),
  ];
  setText(facts, parts.join(" · "));
  const is_failing = source.consecutive_failures > 0;
  setText(error, is_failing ? errorLine(source, now_ms) : "");
  /** @type {HTMLElement} */ (error).title = is_failing ? source.last_error?.detail ?? "" : "";
}

/** @type {Record<string, string>} Advice by poll failure cause. */
const REMEDIES = {
  refused: "connection refused. To start the simulator: ",
  dns: "the host name does not resolve. Correct UPSTREAM_URL, then check: ",
  timeout: "no response within POLL_TIMEOUT_MS. To see its response: ",
};

let shown = "";

/**
 * @param {boolean} is_needed
 * @param {string} why
 * @param {readonly import("./model.js").Source[]} sources
 */
export function showHints(is_needed, why, sources) {
  byId("hints").hidden = !is_needed;
  byId("heat-panel").hidden = is_needed;
  byId("switch-panel").hidden = is_needed;
  byId("switches").hidden = is_needed;
  const state = is_needed
    ? why + sources.map(({ url, last_error }) => url + last_error?.cause)
    : "";
  if (!is_needed || state === shown) return;
  shown = state;
  byId("hints-why").textContent = why;
  const steps = sources.map(({ url, last_error }) => {
    const step = make("li", "", `${url}: `);
    if (last_error === null) step.append("the first poll is in progress.");
    else {
      step.append(
        REMEDIES[last_error.cause] ?? `${last_error.detail}. To see its response: `,
        make("code", "", last_error.cause === "refused" ? "deno task data" : `curl -i '${url}'`),
      );
    }
    return step;
  });
  const demo = make("li", "", "To see the page with data, start both services: ");
  demo.append(make("code", "", "deno task dev"));
  const doctor = make("li", "", "To check the setup: ");
  doctor.append(make("code", "", "deno task doctor"));
  byId("hints-list").replaceChildren(...steps, demo, doctor);
}
