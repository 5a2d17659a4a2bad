/** Judges the age of data and the state of sources. */
import { formatBound } from "./format.js";

/** @typedef {import("./model.js").Source} Source */

/** Consecutive failures from which a source counts as down. */
const DOWN_FAILURES = 2;

/** Share of the bound from which data counts as aging. */
const AGING_SHARE = 0.75;

/** @typedef {{ bound_ms: number, why: string }} Bound */

/**
 * The bound of the age: `MAX_STALE_MS` if set, else two data intervals plus one poll; null if
 * neither is known.
 *
 * @param {Record<"max_stale_ms" | "interval_ms" | "poll_ms", number | null>} known
 * @returns {Bound | null}
 */
export function boundOf({ max_stale_ms, interval_ms, poll_ms }) {
  if (max_stale_ms !== null) return { bound_ms: max_stale_ms, why: "MAX_STALE_MS" };
  if (interval_ms === null) return null;
  // Rounded, because the measured intervals vary from poll to poll.
  const data_ms = Math.round(interval_ms / 100) * 100;
  const bound_ms = 2 * data_ms + Math.round((poll_ms ?? 0) / 500) * 500;
  return { bound_ms, why: `two data intervals of ${formatBound(data_ms)} plus one poll` };
}

/**
 * @typedef {object} Situation
 * @property {number | null} age_ms Current age; null before the first data.
 * @property {Bound | null} bound
 * @property {readonly Source[]} sources
 * @property {{ since_ms: number } | null} unreachable Since when the service does not respond.
 * @property {string | null} refused Why the service withholds data, or null.
 */

/**
 * @typedef {object} Verdict
 * @property {"unreachable" | "empty" | "stale" | "down" | "aging" | "fresh"} state
 * @property {"ok" | "warn" | "bad"} level
 * @property {string} word One or two words.
 * @property {string} sentence State and reason, without elapsed time.
 */

/** The worst state of a situation. @param {Situation} situation @returns {Verdict} */
export function judge({ age_ms, bound, sources, unreachable, refused }) {
  const down = sources.filter(({ consecutive_failures }) => consecutive_failures >= DOWN_FAILURES);
  const reasons = down.map(reasonOf).join("; ");
  if (unreachable !== null) {
    const sentence = "metrics_server does not respond. The page shows its last data.";
    return { state: "unreachable", level: "bad", word: "No answer", sentence };
  }
  if (age_ms === null) {
    const failing = sources.filter(({ consecutive_failures }) => consecutive_failures > 0);
    const is_failing = failing.length > 0;
    const why = is_failing ? failing.map(reasonOf).join("; ") : "the first poll is in progress";
    const sentence = `No data yet: ${why}.`;
    return { state: "empty", level: is_failing ? "bad" : "warn", word: "No data yet", sentence };
  }
  if (refused !== null || (bound !== null && age_ms > bound.bound_ms)) {
    const limit = bound === null
      ? ""
      : `, older than ${formatBound(bound.bound_ms)} (${bound.why})`;
    const sentence = `The data is stale${limit}${reasons === "" ? "" : `: ${reasons}`}.`;
    return { state: "stale", level: "bad", word: "Stale", sentence };
  }
  if (down.length > 0) {
    const sentence = downSentence(down, sources.length, reasons);
    return { state: "down", level: "bad", word: "Source down", sentence };
  }
  if (bound !== null && age_ms > AGING_SHARE * bound.bound_ms) {
    return { state: "aging", level: "warn", word: "Aging", sentence: "The data is aging." };
  }
  return { state: "fresh", level: "ok", word: "Fresh", sentence: "The data is fresh." };
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
 * Time between polls, from two readings of a counter; null if it did not grow.
 *
 * @param {{ polls: number, uptime_ms: number }} before
 * @param {{ polls: number, uptime_ms: number }} after
 */
export function pollInterval(before, after) {
  const polls = after.polls - before.polls;
  const span_ms = after.uptime_ms - before.uptime_ms;
  return polls > 0 && span_ms > 0 ? span_ms / polls : null;
}

/**
 * State of one source in one word.
 *
 * @param {Source} source
 * @returns {{ level: "ok" | "warn" | "bad", word: string }}
 */
export function sourceState({ circuit, consecutive_failures, last_success }) {
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
