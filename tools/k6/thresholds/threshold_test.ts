import { assertEquals, assertThrows } from "@std/assert";
import { ConfigProblem } from "../config_problem.ts";
import { MetricRegistry } from "../metrics/mod.ts";
import { resolveThresholds, type ThresholdTable } from "./threshold.ts";

function registry(): MetricRegistry {
  const metrics = new MetricRegistry();
  metrics.define("age_ms", "trend", true);
  return metrics;
}

Deno.test("resolveThresholds reads both forms, and what is custom", () => {
  const groups = resolveThresholds({
    "http_req_duration{name:x}": ["p(95)<7"],
    age_ms: [{ threshold: "max<5", abortOnFail: true, delayAbortEval: "10s" }, "avg<1"],
    checks: [],
  }, registry());
  assertEquals(groups.map(({ label }) => label), ["http_req_duration{name:x}", "age_ms", "checks"]);
  assertEquals(
    groups[1].thresholds.map(({ source, abort_on_fail, delay_abort_eval_ms }) => [
      source,
      abort_on_fail,
      delay_abort_eval_ms,
    ]),
    [["max<5", true, 10_000], ["avg<1", false, 0]],
  );
});

for (
  const [label, source, message] of [
    [
      "nothing_such",
      "count>0",
      'thresholds["nothing_such"]: no metric named "nothing_such": must be built in or defined by ' +
      "the script when it loads",
    ],
    [
      "http_reqs",
      "p(95)<7",
      'thresholds["http_reqs"]: "p(95)<7" asks a counter for p(95): must be one of count, rate',
    ],
    ["http_reqs", "avg<7", '"avg<7" asks a counter for avg'],
    ["vus", "rate<7", '"rate<7" asks a gauge for rate: must be one of value'],
    ["checks", "count<7", '"count<7" asks a rate for count: must be one of rate'],
    [
      "age_ms",
      "count<7",
      '"count<7" asks a trend for count: must be one of avg, min, max, med, p(N)',
    ],
    [
      "age_ms",
      "p(101)<7",
      'thresholds["age_ms"]="p(101)<7": p(101) must be a percentile in 0–100, such as p(95)',
    ],
    ["age_ms{x}", "max<7", 'thresholds["age_ms{x}"]: tag "x" must be name:value'],
  ]
) {
  Deno.test(`thresholds on ${label}: ${source} are refused before the start`, () => {
    const error = assertThrows(
      () => resolveThresholds({ [label]: [source] }, registry()),
      ConfigProblem,
      message,
    );
    assertEquals(error.exit_code, 104);
  });
}

Deno.test("resolveThresholds names every problem at once", () => {
  const table: ThresholdTable = { a: ["x"], vus: ["avg<1", "p(95"], b: ["count>0"] };
  const error = assertThrows(() => resolveThresholds(table, registry()), ConfigProblem);
  assertEquals(error.problems.length, 5);
});
