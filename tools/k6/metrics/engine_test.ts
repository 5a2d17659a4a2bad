import { assert, assertEquals, assertThrows } from "@std/assert";
import { MetricEngine } from "./engine.ts";
import { BUILTIN_METRICS, type MetricKind, MetricRegistry } from "./metric.ts";
import { resolveThresholds, type ThresholdTable } from "./thresholds.ts";

function engineWith(table: ThresholdTable): { engine: MetricEngine; registry: MetricRegistry } {
  const registry = new MetricRegistry();
  for (const kind of ["counter", "gauge", "rate", "trend"] as const) {
    registry.define(`a_${kind}`, kind);
  }
  return { engine: new MetricEngine(registry, resolveThresholds(table, registry)), registry };
}

/** Samples 1, 0, 5, 2 within 2 s. */
const FIGURES: [MetricKind, string, number][] = [
  ["counter", "count", 8],
  ["counter", "rate", 4],
  ["gauge", "value", 2],
  ["rate", "rate", 0.75],
  ["trend", "avg", 2],
  ["trend", "min", 0],
  ["trend", "max", 5],
  ["trend", "med", 1.5],
  ["trend", "p(50)", 1.5],
  ["trend", "p(99.9)", 4.991],
];

for (const [kind, aggregation, value] of FIGURES) {
  Deno.test(`evaluate() compares ${aggregation} of a ${kind} with every operator`, () => {
    const low = value - 0.001, high = value + 0.001;
    const expected: Record<string, boolean> = {
      [`${aggregation}<${high}`]: true,
      [`${aggregation}<${low}`]: false,
      [`${aggregation}<=${high}`]: true,
      [`${aggregation}<=${low}`]: false,
      [`${aggregation}>${low}`]: true,
      [`${aggregation}>${high}`]: false,
      [`${aggregation}>=${low}`]: true,
      [`${aggregation}>=${high}`]: false,
      [`${aggregation}==${high}`]: false,
      [`${aggregation}===${high}`]: false,
      [`${aggregation}!=${high}`]: true,
    };
    const { engine, registry } = engineWith({ [`a_${kind}`]: Object.keys(expected) });
    for (const sample of [1, 0, 5, 2]) engine.add(registry.find(`a_${kind}`)!, sample, {}, 0);
    const results = engine.evaluate(2000).results;
    assertEquals(
      Object.fromEntries(results.map(({ threshold, ok }) => [threshold.source, ok])),
      expected,
    );
  });
}

for (const kind of ["gauge", "rate", "trend"] as const) {
  Deno.test(`evaluate() fails every threshold on a ${kind} without samples`, () => {
    const aggregation = { gauge: "value", rate: "rate", trend: "p(95)" }[kind];
    const table = { [`a_${kind}`]: [`${aggregation}<1`, `${aggregation}>=0`, `${aggregation}==0`] };
    const { engine } = engineWith(table);
    const { results } = engine.evaluate(1000);
    assertEquals(results.map(({ ok, no_samples }) => [ok, no_samples]), [
      [false, true],
      [false, true],
      [false, true],
    ]);
  });
}

Deno.test("evaluate() fails a sub-metric without samples, though its metric has some", () => {
  const { engine, registry } = engineWith({ "http_req_duration{name:x}": ["max>=0"] });
  engine.add(registry.builtin("http_req_duration"), 1, { name: "y" }, 0);
  assertEquals(engine.evaluate(1000).failed.map(({ no_samples }) => no_samples), [true]);
});

Deno.test("evaluate() takes a counter without samples as 0, a sub-metric too", () => {
  const table = {
    a_counter: ["count<1", "rate==0", "count==0", "count>0"],
    "http_reqs{name:x}": ["count<1", "count>0"],
  };
  const { engine } = engineWith(table);
  assertEquals(engine.evaluate(1000).results.map(({ ok }) => ok), [
    true,
    true,
    true,
    false,
    true,
    false,
  ]);
});

Deno.test("evaluate() takes dropped_iterations without samples for a count of 0", () => {
  const { engine } = engineWith({ dropped_iterations: ["count==0"] });
  assertEquals(engine.evaluate(1000).failed, []);
});

Deno.test("a sub-metric takes the samples that have all its tags", () => {
  const { engine, registry } = engineWith({
    "http_req_duration{name:a}": ["max<2"],
    "http_req_duration{name:a,status:200}": ["max<2"],
    "http_req_duration": ["max<10"],
  });
  const duration = registry.builtin("http_req_duration");
  engine.add(duration, 1, { name: "a", status: "200" }, 0);
  engine.add(duration, 3, { name: "a", status: "500" }, 0);
  engine.add(duration, 9, { name: "b", status: "200" }, 0);
  assertEquals(engine.evaluate(1000).results.map(({ ok, value }) => [ok, value]), [
    [false, 3],
    [true, 1],
    [true, 9],
  ]);
});

Deno.test("every sample counts at once, also while the engine still holds it", () => {
  const { engine, registry } = engineWith({ "http_reqs{name:b}": ["count>=0"] });
  const metric = registry.builtin("http_reqs");
  const held_max = 256;
  let all = 0, some = 0;
  for (let i = 1; i <= 3 * held_max + 1; i++) {
    const name = i % 3 === 0 ? "b" : "a";
    engine.add(metric, i, { name }, 0);
    all += i;
    if (name === "b") some += i;
    if (i === 3 || i === held_max) assertEquals(engine.figures(1000)[0].values.count, all);
    if (i === 3 || i === held_max + 1) {
      assertEquals(engine.evaluate(1000).results[0].value, some);
    }
  }
  const counts = engine.figures(1000).map(({ label, values }) => [label, values.count]);
  assertEquals(counts, [["http_reqs", all], ["http_reqs{name:b}", some]]);
});

Deno.test("abortOnFail aborts after delayAbortEval, not before", () => {
  const threshold = { threshold: "max<5", abortOnFail: true, delayAbortEval: "10s" };
  const { engine, registry } = engineWith({ a_trend: [threshold] });
  assertEquals(engine.evaluate(60_000).abort, false, "no samples yet: not a reason to abort");
  engine.add(registry.find("a_trend")!, 9, {}, 0);
  assertEquals([9999, 10_000].map((elapsed_ms) => engine.evaluate(elapsed_ms).abort), [
    false,
    true,
  ]);
  assertEquals(engine.evaluate(9999).failed.length, 1);
});

Deno.test("a threshold without abortOnFail never aborts", () => {
  const { engine, registry } = engineWith({ a_trend: ["max<5"] });
  engine.add(registry.find("a_trend")!, 9, {}, 0);
  assertEquals(engine.evaluate(60_000).abort, false);
});

Deno.test("MetricEngine leaves out samples that are not finite", () => {
  const { engine, registry } = engineWith({});
  for (const value of [NaN, Infinity, -Infinity, 3]) {
    engine.add(registry.find("a_trend")!, value, {}, 0);
  }
  assertEquals(engine.figures(1000)[0].values, {
    ...{ avg: 3, min: 3, med: 3, max: 3, "p(90)": 3, "p(95)": 3 },
  });
});

Deno.test("figures() lists every metric with samples or thresholds, by k6's names", () => {
  const { engine, registry } = engineWith({ a_gauge: ["value<1"] });
  engine.add(registry.find("a_counter")!, 3, {}, 0);
  engine.add(registry.find("a_rate")!, 1, {}, 0);
  engine.add(registry.find("a_trend")!, 4, {}, 0);
  engine.add(registry.builtin("http_req_duration"), 8, { expected_response: "true" }, 0);
  const figures = Object.fromEntries(
    engine.figures(2000).map((entry) => [entry.label, entry.values]),
  );
  const trend = (value: number) => ({
    avg: value,
    min: value,
    med: value,
    max: value,
    "p(90)": value,
    "p(95)": value,
  });
  assertEquals(figures, {
    http_req_duration: trend(8),
    "http_req_duration{expected_response:true}": trend(8),
    a_counter: { count: 3, rate: 1.5 },
    a_gauge: { value: 0, min: 0, max: 0 },
    a_rate: { rate: 1, passes: 1, fails: 0 },
    a_trend: trend(4),
  });
});

Deno.test("a threshold on a built-in sub-metric adds no second one", () => {
  const { engine, registry } = engineWith({
    "http_req_duration{expected_response:true}": ["max<9"],
  });
  engine.add(registry.builtin("http_req_duration"), 8, { expected_response: "true" }, 0);
  assertEquals(engine.figures(1000).map(({ label }) => label), [
    "http_req_duration",
    "http_req_duration{expected_response:true}",
  ]);
});

Deno.test("onSample receives every finite sample with its tags and time", () => {
  const received: unknown[] = [];
  const { engine, registry } = engineWith({});
  engine.onSample = (metric, value, tags, time_ms) =>
    received.push([metric.name, value, tags, time_ms]);
  engine.add(registry.builtin("vus"), 4, { a: "b" }, 17);
  engine.add(registry.builtin("vus"), NaN, {}, 18);
  assertEquals(received, [["vus", 4, { a: "b" }, 17]]);
});

Deno.test("MetricRegistry has k6's built-in metrics", () => {
  const registry = new MetricRegistry();
  assertEquals(registry.all.length, Object.keys(BUILTIN_METRICS).length);
  assertEquals(registry.builtin("data_sent").contains, "data");
  assertEquals(registry.builtin("http_req_failed").kind, "rate");
});

Deno.test("MetricRegistry returns the same metric for the same definition", () => {
  const registry = new MetricRegistry();
  assert(registry.define("x", "trend", true) === registry.define("x", "trend", true));
});

for (
  const [name, kind, is_time, message] of [
    ["1x", "trend", false, 'Cannot define metric "1x": a name is 1–128 of A–Z'],
    ["", "trend", false, 'Cannot define metric "": a name is'],
    ["a b", "trend", false, 'Cannot define metric "a b": a name is'],
    ["x".repeat(129), "trend", false, "a name is 1–128"],
    [
      "x",
      "counter",
      false,
      "Cannot define metric x as counter of default values: it already is a trend of time values",
    ],
    ["x", "trend", false, "it already is a trend of time values"],
    ["http_reqs", "trend", false, "it already is a counter of default values"],
  ] as const
) {
  Deno.test(`MetricRegistry rejects ${kind} ${JSON.stringify(name).slice(0, 20)}: ${message.slice(-40)}`, () => {
    const registry = new MetricRegistry();
    registry.define("x", "trend", true);
    assertThrows(() => registry.define(name, kind, is_time), TypeError, message);
  });
}

Deno.test("MetricRegistry limits the number of custom metrics", () => {
  const registry = new MetricRegistry();
  for (let i = 0; i < 1000; i++) registry.define(`m${i}`, "counter");
  registry.define("m0", "counter");
  assertThrows(() => registry.define("m1000", "counter"), TypeError, "at most 1000 custom metrics");
});
