// @ts-check
/** JUnit XML for Jenkins and GitLab. Plain JavaScript, because k6 scripts import it too. */

/**
 * @typedef {object} JUnitCase
 * @property {string} classname
 * @property {string} name
 * @property {"passed" | "failure" | "error" | "skipped"} outcome
 * @property {string} [message] The figure of a case that passed, the reason of any other.
 * @property {string} [detail] Text below the message.
 * @property {number} [time_s]
 */

/**
 * @typedef {object} JUnitSuite
 * @property {string} name
 * @property {number} [time_s]
 * @property {string} [timestamp] ISO 8601.
 * @property {readonly JUnitCase[]} cases
 */

/**
 * Writes a JUnit file with one test suite.
 *
 * ```ts
 * junitXml({ name: "gate", cases: [{ classname: "gate", name: "p95", outcome: "passed" }] });
 * ```
 *
 * @param {JUnitSuite} suite
 * @returns {string}
 */
export function junitXml({ name, time_s, timestamp, cases }) {
  /** @param {JUnitCase["outcome"]} outcome */
  const count = (outcome) => cases.filter((test) => test.outcome === outcome).length;
  const counts = attributes({
    tests: cases.length,
    failures: count("failure"),
    errors: count("error"),
    skipped: count("skipped"),
    time: time_s?.toFixed(3),
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${counts}>`,
    `  <testsuite${attributes({ name })}${counts}${attributes({ timestamp })}>`,
    ...cases.map(testcase),
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

/** @param {JUnitCase} test */
function testcase({ classname, name, outcome, message, detail = "", time_s }) {
  const open = `    <testcase${attributes({ classname, name, time: time_s?.toFixed(3) })}`;
  if (outcome === "passed") {
    if (message === undefined) return `${open}/>`;
    return `${open}><system-out>${escapeXml(message)}</system-out></testcase>`;
  }
  const body = `<${outcome}${attributes({ message })}`;
  const inner = detail === "" ? `${body}/>` : `${body}>${escapeXml(detail)}</${outcome}>`;
  return `${open}>${inner}</testcase>`;
}

/** @param {Record<string, string | number | undefined>} values */
function attributes(values) {
  return Object.entries(values)
    .map(([key, value]) => value === undefined ? "" : ` ${key}="${escapeXml(String(value))}"`)
    .join("");
}

/** A surrogate pair, or a character that XML 1.0 forbids. No lookbehind: k6 would run it slowly. */
const PAIR_OR_FORBIDDEN =
  // deno-lint-ignore no-control-regex
  /[\ud800-\udbff][\udc00-\udfff]|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]/g;

/**
 * Escapes text for XML and HTML, as character data or attribute value. U+FFFD replaces characters
 * that XML 1.0 forbids.
 *
 * @param {string} text
 * @returns {string}
 */
export function escapeXml(text) {
  return text.replace(PAIR_OR_FORBIDDEN, (found) => found.length === 2 ? found : "\ufffd")
    .replace(/[&<>"'\n\r\t]/g, (char) => `&#${char.charCodeAt(0)};`);
}
