import { assert, assertEquals } from "@std/assert";
import { MetricEngine } from "../metrics/engine.ts";
import { MetricRegistry } from "../metrics/metric.ts";
import { resolveThresholds } from "../metrics/thresholds.ts";
import {
  buildSummaryData,
  jUnit,
  type SummaryData,
  summaryExport,
  type SummaryGroup,
} from "./summary.ts";
import { textSummary } from "./text_summary.ts";

const TAGS = { name: "login", expected_response: "true" };

const THRESHOLDS = {
  http_req_duration: ["p(95)<7", "p(99)<7"],
  "http_req_duration{name:nobody}": ["p(95)<7"],
  http_req_failed: ["rate<0.01"],
  queue_ms: ["max<5000"],
};

/** Ten requests of 1, 2, … 10 ms within 2 s. */
function tenRequests(root_group: SummaryGroup = group("", [])): SummaryData {
  const registry = new MetricRegistry();
  registry.define("queue_ms", "trend", true);
  const engine = new MetricEngine(registry, resolveThresholds(THRESHOLDS, registry));
  const add = (name: string, value: number) => engine.add(registry.find(name)!, value, TAGS, 0);
  for (let i = 1; i <= 10; i++) {
    add("http_reqs", 1);
    add("http_req_duration", i);
    add("http_req_waiting", i / 2);
    add("http_req_failed", 0);
    add("queue_ms", 1500);
    add("checks", i === 1 ? 0 : 1);
    add("iterations", 1);
    add("data_received", 1234);
  }
  add("vus", 5);
  add("vus", 3);
  return buildSummaryData({
    figures: engine.figures(2000),
    root_group,
    duration_ms: 2000,
    summary_trend_stats: ["avg", "min", "med", "max", "p(90)", "p(95)"],
    summary_time_unit: null,
    no_color: true,
    is_stdout_tty: false,
    is_stderr_tty: true,
    setup_data: { switches: ["sw-000"] },
  });
}

function group(name: string, checks: [string, number, number][], groups: SummaryGroup[] = []) {
  const path = name === "" ? "" : `::${name}`;
  return {
    name,
    path,
    id: "id",
    groups,
    checks: checks.map(([check, passes, fails]) => ({
      name: check,
      path: `${path}::${check}`,
      id: "id",
      passes,
      fails,
    })),
  };
}

Deno.test("buildSummaryData returns the argument of handleSummary", () => {
  const { metrics, ...rest } = tenRequests();
  assertEquals(rest, {
    root_group: { name: "", path: "", id: "id", groups: [], checks: [] },
    options: {
      summaryTrendStats: ["avg", "min", "med", "max", "p(90)", "p(95)"],
      summaryTimeUnit: "",
      noColor: true,
    },
    state: { isStdOutTTY: false, isStdErrTTY: true, testRunDurationMs: 2000 },
    setup_data: { switches: ["sw-000"] },
  });
  assertEquals(metrics.http_reqs, {
    type: "counter",
    contains: "default",
    values: { count: 10, rate: 5 },
  });
  assertEquals(metrics.vus.values, { value: 3, min: 3, max: 5 });
  assertEquals(metrics.checks.values, { rate: 0.9, passes: 9, fails: 1 });
  assertEquals(metrics.data_received.contains, "data");
  assertEquals(metrics.http_req_duration, {
    type: "trend",
    contains: "time",
    values: { avg: 5.5, min: 1, med: 5.5, max: 10, "p(90)": 9.1, "p(95)": 9.55 },
    thresholds: { "p(95)<7": { ok: false, value: 9.55 }, "p(99)<7": { ok: false, value: 9.91 } },
  });
  assertEquals(metrics["http_req_duration{name:nobody}"].thresholds, {
    "p(95)<7": { ok: false, value: 0, no_samples: true },
  });
  assert("http_req_duration{expected_response:true}" in metrics);
  assert(!("http_req_connecting" in metrics), "neither samples nor thresholds");
});

Deno.test("buildSummaryData survives JSON, which takes it to another thread", () => {
  const data = tenRequests();
  assertEquals(JSON.parse(JSON.stringify(data)), data);
});

Deno.test("textSummary is one screen of sections with aligned figures", () => {
  const checks = group("", [["status is 200", 10, 0]], [group("values", [["is a number", 9, 1]])]);
  assertEquals(
    textSummary(tenRequests(checks), { indent: "" }),
    `█ THRESHOLDS

  http_req_duration
  ✗ 'p(95)<7' p(95)=9.55ms
  ✗ 'p(99)<7' p(99)=9.91ms
  http_req_duration{name:nobody}
  ✗ 'p(95)<7' no samples
  http_req_failed
  ✓ 'rate<0.01' rate=0.00%
  queue_ms
  ✓ 'max<5000' max=1.5s

█ TOTAL RESULTS

  checks_total.......: 10     5/s
  checks_succeeded...: 90.00% 9 out of 10
  checks_failed......: 10.00% 1 out of 10

  ✗ values::is a number
    ↳ 90.00%: 9 passed, 1 failed
  ✓ status is 200

  CUSTOM
  queue_ms...: avg=1.5s min=1.5s med=1.5s max=1.5s p(90)=1.5s p(95)=1.5s

  HTTP
  http_req_duration..............: avg=5.5ms min=1ms med=5.5ms max=10ms p(90)=9.1ms p(95)=9.55ms
    { expected_response:true }...: avg=5.5ms min=1ms med=5.5ms max=10ms p(90)=9.1ms p(95)=9.55ms
    { name:nobody }..............: no samples
  http_req_failed................: 0.00% 0 out of 10
  http_reqs......................: 10 5/s

  EXECUTION
  iterations...: 10 5/s
  vus..........: 3 min=3 max=5

  NETWORK
  data_received...: 12 kB 6.2 kB/s
`,
  );
});

Deno.test("textSummary lists failed checks first; mode full lists all", () => {
  const many = Array.from({ length: 40 }, (_, i): [string, number, number] => [`check ${i}`, 1, 0]);
  many[39][2] = 1;
  const data = tenRequests(group("", many));
  const compact = textSummary(data, { indent: "" });
  assert(compact.includes("✗ check 39"));
  assert(compact.includes(`… and 32 more, 0 of them failed`));
  assert(compact.split("\n").length <= 50);
  assert(!compact.includes("http_req_waiting"));
  const full = textSummary(data, { mode: "full" });
  assert(full.includes("check 38"));
  assert(full.includes("http_req_waiting"));
});

Deno.test("textSummary supports indent, colors and time unit, as in k6's library", () => {
  const data = tenRequests();
  assert(textSummary(data, { indent: "→→" }).startsWith("→→█ THRESHOLDS\n\n→→  http_req_duration"));
  assert(!textSummary(data).includes("\x1b["));
  assert(textSummary(data, { enableColors: true }).includes("\x1b[31m✗\x1b[0m"));
  data.options.summaryTimeUnit = "us";
  assert(textSummary(data).includes("avg=5500.00µs"));
});

Deno.test("textSummary accepts data from which a script removed metrics", () => {
  const data = tenRequests();
  data.metrics = { http_reqs: data.metrics.http_reqs };
  assertEquals(textSummary(data).split("\n").length, 5);
  data.metrics = {};
  assertEquals(textSummary(data), " █ TOTAL RESULTS\n");
});

Deno.test("jUnit has a case for each threshold and a reason for each failure", () => {
  const xml = jUnit(tenRequests(), { name: "load", classname: "checkout" });
  assertEquals(
    xml,
    `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="5" failures="3" errors="0" skipped="0" time="2.000">
  <testsuite name="load" tests="5" failures="3" errors="0" skipped="0" time="2.000">
    <testcase classname="checkout" name="http_req_duration - p(95)&#60;7"><failure message="http_req_duration: must be p(95)&#60;7, is 9.55"/></testcase>
    <testcase classname="checkout" name="http_req_duration - p(99)&#60;7"><failure message="http_req_duration: must be p(99)&#60;7, is 9.91"/></testcase>
    <testcase classname="checkout" name="http_req_duration{name:nobody} - p(95)&#60;7"><failure message="http_req_duration{name:nobody}: must be p(95)&#60;7, has no samples"/></testcase>
    <testcase classname="checkout" name="http_req_failed - rate&#60;0.01"/>
    <testcase classname="checkout" name="queue_ms - max&#60;5000"/>
  </testsuite>
</testsuites>
`,
  );
  assertWellFormed(xml);
});

Deno.test("jUnit is well-formed for any text in metrics, tags and names", () => {
  const data = tenRequests();
  const nasty = "a\"b'c<d>e&f\n\t\r\x00\x1b\ud800]]><!--\ufffe é😀";
  data.metrics = {
    [`x{name:${nasty}}`]: {
      type: "trend",
      contains: "time",
      values: {},
      thresholds: { [nasty]: { ok: false, value: NaN }, "max<1": { ok: true, value: 0 } },
    },
  };
  const xml = jUnit(data, { name: nasty, classname: nasty });
  assertWellFormed(xml);
  assert(xml.includes("a&#34;b&#39;c&#60;d&#62;e&#38;f&#10;&#9;&#13;\ufffd\ufffd\ufffd]]&#62;"));
});

Deno.test("summaryExport is flat; true marks a failed threshold", () => {
  const checks = group("", [["status is 200", 10, 0]], [group("values", [["is a number", 9, 1]])]);
  const { metrics, root_group } = summaryExport(tenRequests(checks));
  assertEquals(metrics.http_req_duration, {
    avg: 5.5,
    min: 1,
    med: 5.5,
    max: 10,
    "p(90)": 9.1,
    "p(95)": 9.55,
    thresholds: { "p(95)<7": true, "p(99)<7": true },
  });
  assertEquals(metrics.http_req_failed, {
    passes: 0,
    fails: 10,
    value: 0,
    thresholds: { "rate<0.01": false },
  });
  assertEquals(metrics.http_reqs, { count: 10, rate: 5 });
  assertEquals(root_group.checks["status is 200"].passes, 10);
  assertEquals(root_group.groups.values.checks["is a number"].fails, 1);
});

/** Checks the part of XML 1.0 that is used: elements with attributes, nested and closed. */
function assertWellFormed(xml: string): void {
  const declaration = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n/;
  assert(declaration.test(xml), "declaration");
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/.test(xml) && xml.isWellFormed(), "characters");
  const tag =
    /<(\/?)([A-Za-z]+)((?: [A-Za-z]+="(?:[^<&"]|&(?:amp|lt|gt|quot|apos|#\d+);)*")*)(\/?)>/y;
  const body = xml.replace(declaration, "");
  const open: string[] = [];
  let roots = 0;
  for (let at = 0; at < body.length;) {
    const space = /\s*/y;
    space.lastIndex = at;
    at += space.exec(body)![0].length;
    if (at === body.length) break;
    tag.lastIndex = at;
    const match = tag.exec(body);
    assert(match !== null, `no tag at ${JSON.stringify(body.slice(at, at + 80))}`);
    const [whole, closes, name, attributes, is_empty] = match;
    const names = [...attributes.matchAll(/ ([A-Za-z]+)="/g)].map(([, attribute]) => attribute);
    assertEquals(new Set(names).size, names.length, "attributes are named once");
    if (closes !== "") assertEquals(open.pop(), name);
    else {
      if (open.length === 0) roots++;
      if (is_empty === "") open.push(name);
    }
    at += whole.length;
  }
  assertEquals([open, roots], [[], 1]);
}
