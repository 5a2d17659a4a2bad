/** The output of a profile: one screen, a JSON file and a JUnit file. */
import { junitXml } from "../../../tools/verdict/junit.js";
import { AGE_MAX_MS } from "./requests.js";
import { BASE_URL } from "./target.js";

/**
 * @typedef {Record<string, { ok: boolean }>} Thresholds
 * @typedef {{ values: Record<string, number>, thresholds?: Thresholds }} Metric
 * @typedef {{ name: string, passes: number, fails: number }} Check
 * @typedef {{ checks: Check[], groups: Group[] }} Group
 * @typedef {{
 *   metrics: Record<string, Metric>,
 *   root_group: Group,
 *   state: { testRunDurationMs: number },
 * }} Summary
 */

/** The trend figures of the screen. */
export const TREND_STATS = ["avg", "min", "med", "p(90)", "p(95)", "p(99)", "max"];

const CHECKS_SHOWN_MAX = 6;

/**
 * The `handleSummary` of a profile. Files go to OUT_DIR, which must exist.
 * @param {string} profile
 */
export function summarize(profile) {
  const file = `${__ENV.OUT_DIR || "."}/k6-${profile}`;
  const files = { json: `${file}.json`, junit: `${file}.junit.xml` };
  return (/** @type {Summary} */ data) => ({
    stdout: screen(profile, data, files),
    [files.json]: JSON.stringify({ profile, base_url: BASE_URL, ...data }, null, 2) + "\n",
    [files.junit]: junit(profile, data),
  });
}

/**
 * @param {string} profile
 * @param {Summary} data
 * @param {{ json: string, junit: string }} files
 */
function screen(profile, data, files) {
  const seconds = data.state.testRunDurationMs / 1000;
  const of = (/** @type {string} */ name) => (data.metrics[name] ? data.metrics[name].values : {});
  const requests = of("http_reqs"), failed = of("http_req_failed"), checks = of("checks");
  const dropped = of("dropped_iterations");
  const lines = [
    "",
    `  ${profile}  ${BASE_URL}  ${seconds.toFixed(1)} s`,
    "",
    "  latency                     p50       p95       p99       max",
    latencyLine("all requests", data.metrics["http_req_duration"]),
    ...submetrics(data).map(([label, metric]) => latencyLine(label, metric)),
    "",
    `  requests    ${whole(requests.count)} (${whole(requests.rate)}/s)`,
    `  errors      ${whole(failed.passes)} failed (${percent(failed.rate)}), ` +
    `${whole(dropped.count || 0)} iterations dropped`,
    `  checks      ${whole(checks.passes)} passed, ${whole(checks.fails)} failed`,
    ...failedChecks(data.root_group).slice(0, CHECKS_SHOWN_MAX),
    "",
    "  staleness   " + staleness(of("data_age_ms"), of("data_too_old")),
    "",
    "  thresholds",
    ...thresholds(data).map(({ ok, metric, source }) =>
      `    ${ok ? "✓" : "✗"} ${metric}  ${source}`
    ),
    "",
    `  written: ${files.json}, ${files.junit}`,
    "",
  ];
  return lines.join("\n") + "\n";
}

/**
 * @param {string} label
 * @param {Metric | undefined} metric
 */
function latencyLine(label, metric) {
  const { values = {} } = metric || {};
  const cells = [values.med, values["p(95)"], values["p(99)"], values.max];
  return `    ${label.padEnd(20)}${cells.map((ms) => duration(ms).padStart(10)).join("")}`;
}

/**
 * Sub-metrics of http_req_duration with thresholds.
 * @param {Summary} data
 * @returns {[string, Metric][]}
 */
function submetrics(data) {
  return Object.entries(data.metrics)
    .filter(([name, metric]) => name.startsWith("http_req_duration{") && metric.thresholds)
    .map(([name, metric]) => [name.slice("http_req_duration{".length, -1), metric]);
}

/**
 * @param {Record<string, number>} age
 * @param {Record<string, number>} too_old
 */
function staleness(age, too_old) {
  if (age.med === undefined) return "no response reported its age";
  return `p50 ${duration(age.med)}, p95 ${duration(age["p(95)"])}, max ${duration(age.max)}; ` +
    `${percent(too_old.rate)} older than ${duration(AGE_MAX_MS)}`;
}

/**
 * @param {Group} group
 * @returns {string[]}
 */
function failedChecks(group) {
  const own = group.checks
    .filter((check) => check.fails > 0)
    .map((check) => `    ✗ ${check.name}: ${check.fails} of ${check.passes + check.fails}`);
  return own.concat(...group.groups.map(failedChecks));
}

/** @param {Summary} data */
function thresholds(data) {
  return Object.entries(data.metrics).flatMap(([metric, { values, thresholds }]) =>
    Object.entries(thresholds || {}).map(([source, { ok }]) => ({ metric, values, source, ok }))
  );
}

/**
 * @param {string} profile
 * @param {Summary} data
 */
function junit(profile, data) {
  return junitXml({
    name: `k6 ${profile}`,
    time_s: data.state.testRunDurationMs / 1000,
    cases: thresholds(data).map(({ metric, values, source, ok }) => ({
      classname: profile,
      name: `${metric} ${source}`,
      outcome: ok ? "passed" : "failure",
      message: `${metric}: must be ${source}, is ${JSON.stringify(values)}`,
    })),
  });
}

/** @param {number | undefined} ms */
function duration(ms) {
  if (ms === undefined) return "–";
  return ms < 1000 ? `${ms.toFixed(2)} ms` : `${(ms / 1000).toFixed(2)} s`;
}

/** @param {number | undefined} value */
function whole(value) {
  return value === undefined ? "0" : String(Math.round(value));
}

/** @param {number | undefined} share */
function percent(share) {
  return `${((share || 0) * 100).toFixed(2)} %`;
}
