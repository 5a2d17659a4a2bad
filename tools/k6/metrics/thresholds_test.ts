import { assertEquals, assertThrows } from "@std/assert";
import { ConfigProblem } from "../exit_codes.ts";
import { MetricRegistry } from "./metric.ts";
import { matches, parseSelector, resolveThresholds, type ThresholdTable } from "./thresholds.ts";

function registry(): MetricRegistry {
  const metrics = new MetricRegistry();
  metrics.define("age_ms", "trend", true);
  return metrics;
}

Deno.test("resolveThresholds reads texts and objects, on built-in and custom metrics", () => {
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
      'thresholds["http_reqs"]: "p(95)<7" uses p(95) of a counter: must be one of count, rate',
    ],
    ["http_reqs", "avg<7", '"avg<7" uses avg of a counter'],
    ["vus", "rate<7", '"rate<7" uses rate of a gauge: must be one of value'],
    ["checks", "count<7", '"count<7" uses count of a rate: must be one of rate'],
    [
      "age_ms",
      "count<7",
      '"count<7" uses count of a trend: must be one of avg, min, max, med, p(N)',
    ],
    [
      "age_ms",
      "p(101)<7",
      'thresholds["age_ms"]="p(101)<7": p(101) must be a percentile in 0–100, such as p(95)',
    ],
    ["age_ms{x}", "max<7", 'thresholds["age_ms{x}"]: tag "x" must be name:value'],
  ]
) {
  Deno.test(`resolveThresholds rejects ${source} on ${label}`, () => {
    const error = assertThrows(
      () => resolveThresholds({ [label]: [source] }, registry()),
      ConfigProblem,
      message,
    );
    assertEquals(error.exit_code, 104);
  });
}

Deno.test("resolveThresholds reports all problems at once", () => {
  const table: ThresholdTable = { a: ["x"], vus: ["avg<1", "p(95"], b: ["count>0"] };
  const error = assertThrows(() => resolveThresholds(table, registry()), ConfigProblem);
  assertEquals(error.problems.length, 5);
});

for (
  const [text, metric, tags] of [
    ["http_reqs", "http_reqs", []],
    ["http_reqs{name:x}", "http_reqs", [["name", "x"]]],
    [" http_reqs { name : x , status:200 } ", "http_reqs", [["name", "x"], ["status", "200"]]],
    ["d{url:http://h:80/p?a=1}", "d", [["url", "http://h:80/p?a=1"]]],
    ["d{group:::main::inner}", "d", [["group", "::main::inner"]]],
    ['d{name:"a,b}"}', "d", [["name", "a,b}"]]],
    ["d{name:'it is: so',x:y}", "d", [["name", "it is: so"], ["x", "y"]]],
    ["d{name:it's,x:y}", "d", [["name", "it's"], ["x", "y"]]],
    ["d{name:}", "d", [["name", ""]]],
  ] as [string, string, [string, string][]][]
) {
  Deno.test(`parseSelector("${text}") reads ${tags.length} tags`, () => {
    assertEquals(parseSelector(text), { metric, tags });
  });
}

for (
  const [text, message] of [
    ["d{", "must end with }, such as d{name:login}"],
    ["d{a:b", "must end with }, such as d{name:login}"],
    ["d{a:b}c", "must end with }, such as d{name:login}"],
    ["d{}", 'tag "" must be name:value'],
    ["d{a}", 'tag "a" must be name:value'],
    ["d{:b}", 'tag ":b" must be name:value'],
    ["d{a:b,}", 'tag "" must be name:value'],
    ['d{a:"b}', 'quote " must be closed'],
  ]
) {
  Deno.test(`parseSelector("${text}") throws ${message}`, () => {
    assertThrows(() => parseSelector(text), message);
  });
}

Deno.test("matches() requires every tag with the same value", () => {
  const selector = parseSelector("d{a:1,b:2}");
  assertEquals(matches(selector, { a: "1", b: "2", c: "3" }), true);
  assertEquals(matches(selector, { a: "1" }), false);
  assertEquals(matches(selector, { a: "1", b: "3" }), false);
  assertEquals(matches(parseSelector("d"), {}), true);
});
