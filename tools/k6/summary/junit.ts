import type { SummaryData } from "./summary_data.ts";

export interface JUnitOptions {
  /** The test suite's; default `k6 thresholds`. */
  name?: string;
  /** Each test case's; default `Unnamed folder`, as the one in k6's library. */
  classname?: string;
}

/**
 * The thresholds as JUnit XML, one test case each, so that a CI job page shows them.
 *
 * ```ts
 * jUnit(data, { name: "load", classname: "getmetric" });
 * ```
 */
export function jUnit(data: SummaryData, options: JUnitOptions = {}): string {
  const { name = "k6 thresholds", classname = "Unnamed folder" } = options;
  const cases: string[] = [];
  let failures = 0;
  for (const [label, metric] of Object.entries(data.metrics)) {
    for (const [source, { ok, value, no_samples }] of Object.entries(metric.thresholds ?? {})) {
      const start = `    <testcase name="${escape(`${label} - ${source}`)}" classname="${
        escape(classname)
      }"`;
      if (ok) {
        cases.push(`${start}/>`);
        continue;
      }
      failures++;
      const found = no_samples ? "there are no samples" : `it is ${value}`;
      cases.push(
        `${start}>`,
        `      <failure message="${escape(`${label}: must be ${source}, ${found}`)}"/>`,
        "    </testcase>",
      );
    }
  }
  const tests = cases.filter((line) => line.includes("<testcase")).length;
  const counts = `tests="${tests}" failures="${failures}"`;
  const time = (data.state.testRunDurationMs / 1000).toFixed(3);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts}>`,
    `  <testsuite name="${escape(name)}" ${counts} errors="0" skipped="0" time="${time}">`,
    ...cases,
    "  </testsuite>",
    "</testsuites>",
    "",
  ].join("\n");
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\n": "&#10;",
  "\r": "&#13;",
  "\t": "&#9;",
};

/** XML 1.0 cannot hold the other control characters at all, nor halves of a surrogate pair. */
function escape(text: string): string {
  return text.toWellFormed()
    // deno-lint-ignore no-control-regex
    .replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, "\ufffd")
    .replaceAll(/[&<>"'\n\r\t]/g, (char) => ENTITIES[char]);
}
