/** What the page says of the server's verdict on freshness, and of the state of sources. */
import { formatBound } from "./format.js";

/** @typedef {import("./model.js").Source} Source */

/** Consecutive failures from which a source counts as down. */
const DOWN_FAILURES = 2;

/** The verdicts of sources, worst first. */
const ORDER = ["stale", "unknown", "fresh"];

/**
 * @typedef {object} Bound
 * @property {number | null} bound_ms
 * @property {string} why
 */

/**
 * The source that decides: the one with the worst verdict, and of those the one nearest to its
 * bound. Null without data.
 *
 * @param {readonly Source[]} sources
 * @returns {Source | null}
 */
export function decidingSource(sources) {
  const rank = (/** @type {Source} */ { freshness }) => ORDER.indexOf(freshness.state);
  const share = (/** @type {Source} */ { age_ms, freshness }) =>
    (age_ms ?? 0) / (freshness.bound_ms ?? 1);
  const [worst] = sources.filter((source) => rank(source) >= 0)
    .sort((a, b) => rank(a) - rank(b) || share(b) - share(a));
  return worst ?? null;
}

/** The bound of a source and what it follows from. @param {Source} source @returns {Bound} */
export function boundOf({ freshness: { bound_ms, bound_from, interval_ms } }) {
  if (bound_ms === null) return { bound_ms, why: "" };
  if (bound_from !== "interval") return { bound_ms, why: String(bound_from) };
  const data = interval_ms === null
    ? ""
    : ` of ${formatBound(Math.round(interval_ms / 100) * 100)}`;
  return { bound_ms, why: `two data intervals${data} plus one poll` };
}

/**
 * @typedef {object} Situation
 * @property {number | null} age_ms Age of the data by now; null before the first.
 * @property {readonly Source[]} sources By the last /stats.
 * @property {boolean} is_unreachable Whether the service does not respond.
 * @property {string | null} refused Why the service withholds data, or null.
 */

/**
 * @typedef {object} Verdict
 * @property {"unreachable" | "empty" | "stale" | "down" | "unknown" | "late" | "fresh"} state
 * @property {"ok" | "warn" | "bad"} level
 * @property {string} word A few words.
 * @property {string} sentence State and reason, without elapsed time.
 */

/**
 * The worst state of a situation. Whether data is fresh is the service's verdict; how long the page
 * takes to load its data has no part in it.
 *
 * @param {Situation} situation
 * @returns {Verdict}
 */
export function judge({ age_ms, sources, is_unreachable, refused }) {
  if (is_unreachable) {
    const sentence = "metrics_server does not respond. The page shows its last data.";
    return { state: "unreachable", level: "bad", word: "No answer", sentence };
  }
  const deciding = decidingSource(sources);
  if (age_ms === null && deciding === null && refused === null) return emptyOf(sources);
  const down = sources.filter(({ consecutive_failures }) => consecutive_failures >= DOWN_FAILURES);
  const reasons = down.map(reasonOf).join("; ");
  if (refused !== null || deciding?.freshness.state === "stale") {
    return {
      state: "stale",
      level: "bad",
      word: "Stale",
      sentence: staleSentence(sources, reasons),
    };
  }
  if (down.length > 0) {
    const sentence = downSentence(down, sources.length, reasons);
    return { state: "down", level: "bad", word: "Source down", sentence };
  }
  if (deciding === null) {
    const sentence = "The data is here; its verdict is not yet.";
    return { state: "unknown", level: "warn", word: "Connecting", sentence };
  }
  if (deciding.freshness.state === "unknown") {
    const sentence = "The age of the data is not known to be good.";
    return { state: "unknown", level: "warn", word: "Age unknown to be good", sentence };
  }
  if (age_ms !== null && age_ms > Number(deciding.freshness.bound_ms)) {
    // Neither fresh nor stale, until the service answers.
    const sentence = "The data was fresh at the last answer of metrics_server.";
    return { state: "late", level: "warn", word: "Was fresh, checking", sentence };
  }
  return { state: "fresh", level: "ok", word: "Fresh", sentence: "The data is fresh." };
}

/** @param {readonly Source[]} sources @returns {Verdict} */
function emptyOf(sources) {
  const failing = sources.filter(({ consecutive_failures }) => consecutive_failures > 0);
  const is_failing = failing.length > 0;
  const why = is_failing ? failing.map(reasonOf).join("; ") : "the first poll is in progress";
  const level = is_failing ? "bad" : "warn";
  return { state: "empty", level, word: "No data yet", sentence: `No data yet: ${why}.` };
}

/** @param {readonly Source[]} sources @param {string} reasons */
function staleSentence(sources, reasons) {
  const stale = sources.filter(({ freshness }) => freshness.state === "stale");
  const subject = stale.length === 0 || stale.length === sources.length
    ? "The data"
    : `The data of ${stale.length} of ${sources.length} sources`;
  const bound = stale.length === 0 ? null : boundOf(stale[0]);
  const limit = bound === null || bound.bound_ms === null
    ? ""
    : `, older than ${formatBound(bound.bound_ms)} (${bound.why})`;
  return `${subject} is stale${limit}${reasons === "" ? "" : `: ${reasons}`}.`;
}

/**
 * @param {readonly Source[]} down
 * @param {number} count
 * @param {string} reasons
 */
function downSentence(down, count, reasons) {
  const subject = count === 1
    ? "The source is down"
    : `${down.length} of ${count} sources ${down.length === 1 ? "is" : "are"} down`;
  const has_data = down.some(({ age_ms }) => age_ms !== null);
  return `${subject}: ${reasons}. ${
    has_data ? "The last snapshot is served." : "No data from it yet."
  }`;
}

/** @param {Source} source */
function reasonOf({ url, last_error }) {
  return last_error === null ? `${url} fails` : `${url} fails (${last_error.cause})`;
}

/**
 * Rows older than their source's bound, and the age of the oldest row; null if no source has a
 * bound.
 *
 * @param {readonly Source[]} sources
 * @returns {{ stale: number, rows: number, oldest_ms: number } | null}
 */
export function staleRows(sources) {
  const judged = sources.filter(({ rows_stale }) => rows_stale !== null);
  if (judged.length === 0) return null;
  return {
    stale: judged.reduce((sum, { rows_stale }) => sum + Number(rows_stale), 0),
    rows: sources.reduce((sum, { rows }) => sum + rows, 0),
    oldest_ms: Math.max(...judged.map((source) => source.oldest_row_age_ms ?? 0)),
  };
}

/**
 * State of one source in one word.
 *
 * @param {Source} source
 * @param {boolean} is_known Whether the service still responds.
 * @returns {{ level: "ok" | "warn" | "bad" | "gone", word: string }}
 */
export function sourceState({ circuit, consecutive_failures, last_success }, is_known = true) {
  if (!is_known) return { level: "gone", word: "not known" };
  if (consecutive_failures >= DOWN_FAILURES) return { level: "bad", word: "down" };
  if (circuit !== "closed" || consecutive_failures > 0) return { level: "warn", word: "retrying" };
  return last_success === null ? { level: "warn", word: "waiting" } : { level: "ok", word: "up" };
}

/** Longest error detail shown in full. */
const DETAIL_CHARS_MAX = 90;

/**
 * The last error of a source and its age. A long chain of causes is reduced to the last two.
 *
 * @param {Source} source
 * @param {number} now_ms
 */
export function errorLine({ last_error }, now_ms) {
  if (last_error === null) return "";
  const { cause, detail, at } = last_error;
  const short = detail.length > DETAIL_CHARS_MAX ? detail.split(": ").slice(-2).join(": ") : detail;
  const ago_ms = Math.max(0, Math.floor((now_ms - Date.parse(at)) / 1000) * 1000);
  return `${cause}: ${short} · ${formatBound(ago_ms)} ago`;
}
