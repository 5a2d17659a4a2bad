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
  noun,
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
  // A late verdict alternates with every snapshot of a slow source, so it is not announced.
  const news = state === "late" ? "The data is fresh." : sentence;
  if (news !== announced) setText(LIVE, news);
  announced = news;
}

const PANEL = byId("freshness");
const AGE = byId("age");
const VERDICT = byId("verdict");
const FILL = byId("gauge-fill");
const BOUND = byId("bound");

/** Age of /stats from which the verdict is shown with its own age. */
const VERDICT_MS_MAX = 10_000;

/**
 * @param {import("./freshness.js").Verdict} verdict
 * @param {number | null} age_ms
 * @param {import("./freshness.js").Bound | null} bound
 * @param {number} since_ms Time since the /stats response.
 */
export function showFreshness(verdict, age_ms, bound, since_ms) {
  PANEL.dataset.level = verdict.level;
  PANEL.dataset.state = verdict.state;
  setText(VERDICT, verdict.word);
  showAge(age_ms);
  const bound_ms = bound?.bound_ms ?? null;
  const share = age_ms === null || bound_ms === null ? 0 : Math.min(1, age_ms / bound_ms);
  FILL.style.transform = `scaleX(${share.toFixed(4)})`;
  if (bound === null) return;
  const late = since_ms < VERDICT_MS_MAX
    ? ""
    : ` · verdict of ${formatBound(Math.floor(since_ms / 1000) * 1000)} ago`;
  setText(
    BOUND,
    bound_ms === null
      ? `No bound: the source shows no interval, and FRESH_BOUND_MS is not set${late}`
      : `Bound ${formatBound(bound_ms)}: ${bound.why}${late}`,
  );
}

const STALE = byId("stale");

/**
 * Count of the rows that are older than the bound, which shows them when pressed.
 *
 * @param {ReturnType<typeof import("./freshness.js").staleRows>} found
 * @param {number} since_ms
 */
export function showStale(found, since_ms) {
  const is_shown = STALE.getAttribute("aria-pressed") === "true";
  // If all rows are stale, the verdict says so.
  STALE.hidden = !is_shown &&
    (found === null || found.stale === 0 || found.stale === found.rows);
  if (STALE.hidden) return;
  if (found === null) return setText(STALE, "No bound, so no row is known to be stale");
  const oldest_ms = Math.floor((found.oldest_ms + since_ms) / 1000) * 1000;
  setText(
    STALE,
    `${formatCount(found.stale)} of ${counted(found.rows, ...noun)} stale, ` +
      `the oldest ${formatBound(oldest_ms)}`,
  );
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
 * @param {boolean} is_gone Whether the service does not respond, so that the states are old.
 * @param {number} since_ms Time since the /stats response.
 * @param {number} now_ms
 */
export function showSources(sources, is_gone, since_ms, now_ms) {
  LIST.classList.toggle("gone", is_gone);
  while (LIST.children.length > sources.length) LIST.lastChild?.remove();
  while (LIST.children.length < sources.length) LIST.append(newItem());
  sources.forEach((source, i) => show(LIST.children[i], source, is_gone, since_ms, now_ms));
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
 * @param {boolean} is_gone
 * @param {number} since_ms
 * @param {number} now_ms
 */
function show(item, source, is_gone, since_ms, now_ms) {
  const problem = source.row_times?.problem ?? null;
  const { level, word } = sourceState(source, !is_gone);
  const [head, facts, error] = item.children;
  const [, state, url, circuit] = head.children;
  /** @type {HTMLElement} */ (item).dataset.level = level;
  setText(state, word);
  setText(url, source.url.replace(/^http:\/\//, ""));
  /** @type {HTMLElement} */ (url).title = source.url;
  setText(circuit, is_gone ? "no answer" : CIRCUITS[source.circuit]);
  /** @type {HTMLElement} */ (circuit).dataset.circuit = is_gone ? "" : source.circuit;
  const age_ms = source.age_ms === null ? null : source.age_ms + since_ms;
  const parts = [
    age_ms === null ? "no data" : `data ${formatSpan(Math.floor(age_ms / 1000) * 1000)} old`
      .replace(/\.0/, ""),
    counted(source.rows, "row"),
    ...(source.rows_stale ? [`${formatCount(source.rows_stale)} stale`] : []),
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

/** The service has data, and the page waits for it. @param {number} rows */
export function showLoading(rows) {
  showHints(true, "", []);
  setText(byId("hints-title"), "Loading");
  setText(byId("hints-why"), `${counted(rows, "row")} are on their way.`);
  byId("hints-list").replaceChildren();
  shown = "";
}

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
  setText(byId("hints-title"), "No data yet");
  setText(byId("hints-why"), why);
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
