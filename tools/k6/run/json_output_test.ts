import { assert, assertEquals } from "@std/assert";
import { MetricEngine } from "../metrics/engine.ts";
import { MetricRegistry, withMetadata } from "../metrics/metric.ts";
import { jsonOutput } from "./json_output.ts";

Deno.test("jsonOutput describes a metric once and writes a line per sample, in k6's format", () => {
  const registry = new MetricRegistry();
  let text = "";
  const output = jsonOutput((chunk) => text += chunk, { http_req_duration: ["p(95)<7"] });
  const engine = new MetricEngine(registry);
  engine.onSample = output.add;
  const time_ms = Date.UTC(2026, 0, 2, 3, 4, 5, 6) + 0.25;
  const tags = { name: 'say "hi"\n', status: "200" };
  engine.add(registry.builtin("http_req_duration"), 1.5, tags, time_ms);
  engine.add(registry.builtin("http_req_duration"), 1e-9, {}, time_ms);
  engine.add(registry.builtin("vus"), 3, {}, 0);
  assertEquals(text, "", "held until the timer or flush");
  output.flush();
  output.flush();
  assert(text.endsWith("\n"));
  assertEquals(text.trimEnd().split("\n").map((line) => JSON.parse(line)), [
    {
      type: "Metric",
      data: {
        name: "http_req_duration",
        type: "trend",
        contains: "time",
        thresholds: ["p(95)<7"],
        submetrics: null,
      },
      metric: "http_req_duration",
    },
    {
      metric: "http_req_duration",
      type: "Point",
      data: { time: "2026-01-02T03:04:05.006250Z", value: 1.5, tags },
    },
    {
      metric: "http_req_duration",
      type: "Point",
      data: { time: "2026-01-02T03:04:05.006250Z", value: 1e-9, tags: {} },
    },
    {
      type: "Metric",
      data: { name: "vus", type: "gauge", contains: "default", thresholds: [], submetrics: null },
      metric: "vus",
    },
    {
      metric: "vus",
      type: "Point",
      data: { time: "1970-01-01T00:00:00.000000Z", value: 3, tags: {} },
    },
  ]);
});

Deno.test("jsonOutput writes the metadata of the sample that has some, beside its tags", () => {
  const registry = new MetricRegistry();
  let text = "";
  const output = jsonOutput((chunk) => text += chunk);
  const tags = { status: "200" };
  output.add(registry.builtin("vus"), 1, withMetadata(tags, { answer: 'say "hi"' }), 0);
  output.add(registry.builtin("vus"), 2, tags, 0);
  output.flush();
  const [, first, second] = text.trimEnd().split("\n").map((line) => JSON.parse(line));
  const time = "1970-01-01T00:00:00.000000Z";
  assertEquals(first.data, { time, value: 1, tags, metadata: { answer: 'say "hi"' } });
  assertEquals(second.data, { time, value: 2, tags });
});

Deno.test("jsonOutput formats samples after 25 ms or when 32,768 are held", () => {
  const registry = new MetricRegistry();
  const calls: { delay_ms: number; callback: () => void; canceled: boolean }[] = [];
  const chunks: string[] = [];
  const output = jsonOutput((chunk) => chunks.push(chunk), {}, (delay_ms, callback) => {
    const call = { delay_ms, callback, canceled: false };
    calls.push(call);
    return () => void (call.canceled = true);
  });
  // Counts how often the time is formatted.
  let formatted = 0;
  const time_ms = { valueOf: () => ++formatted } as unknown as number;
  const add = (count: number) => {
    for (let i = 0; i < count; i++) output.add(registry.builtin("vus"), i, {}, time_ms);
  };
  add(1_500);
  assertEquals([formatted, calls.map(({ delay_ms }) => delay_ms)], [0, [25]]);
  calls[0].callback();
  assert(formatted >= 1_500, "at the timer");
  formatted = 0;
  add(32_768);
  assert(formatted >= 32_768, "when many are held");
  assertEquals(calls.map(({ canceled }) => canceled), [true, true]);
});

Deno.test("jsonOutput writes a single sample within 200 ms", () => {
  const registry = new MetricRegistry();
  const ticks: (() => void)[] = [];
  let text = "";
  const output = jsonOutput((chunk) => text += chunk, {}, (delay_ms, callback) => {
    assert(delay_ms <= 200, `${delay_ms} ms: readers that follow the file drop late samples`);
    ticks.push(callback);
    return () => {};
  });
  for (const value of [1, 2]) {
    output.add(registry.builtin("vus"), value, {}, 0);
    ticks.shift()!();
    assertEquals(JSON.parse(text.trimEnd().split("\n").at(-1)!).data.value, value);
  }
});

Deno.test("jsonOutput writes whole lines, about 64 Ki characters at a time", () => {
  const registry = new MetricRegistry();
  const chunks: string[] = [];
  const output = jsonOutput((chunk) => chunks.push(chunk));
  for (let i = 0; i < 5000; i++) output.add(registry.builtin("vus"), i, {}, i);
  output.flush();
  assert(chunks.length > 3);
  assert(
    chunks.every((chunk) => chunk.endsWith("}\n") && chunk.length < 65_536 + 500),
  );
  assertEquals(chunks.join("").trimEnd().split("\n").length, 5001);
});
