import { assert, assertEquals } from "@std/assert";
import { MetricRegistry } from "../metrics/mod.ts";
import { MetricEngine } from "../samples/mod.ts";
import {
  jsonOutput,
  OUTPUT_BUFFER_CHARS,
  OUTPUT_LATER_MS,
  OUTPUT_SAMPLES_MAX,
} from "./json_output.ts";

Deno.test("jsonOutput writes what a metric is once, then a line a sample, in k6's shape", () => {
  const registry = new MetricRegistry();
  let text = "";
  const output = jsonOutput((chunk) => text += chunk, { http_req_duration: ["p(95)<7"] });
  const engine = new MetricEngine(registry, [], { onSample: output.add });
  const time_ms = Date.UTC(2026, 0, 2, 3, 4, 5, 6) + 0.25;
  const tags = { name: 'say "hi"\n', status: "200" };
  engine.add(registry.builtin("http_req_duration"), 1.5, tags, time_ms);
  engine.add(registry.builtin("http_req_duration"), 1e-9, {}, time_ms);
  engine.add(registry.builtin("vus"), 3, {}, 0);
  assertEquals(text, "", "held back until it is time, or it is flushed");
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

Deno.test("jsonOutput makes no line while answers come, but once some time has passed, or many are held", () => {
  const registry = new MetricRegistry();
  const calls: { delay_ms: number; callback: () => void; canceled: boolean }[] = [];
  const chunks: string[] = [];
  const output = jsonOutput((chunk) => chunks.push(chunk), {}, (delay_ms, callback) => {
    const call = { delay_ms, callback, canceled: false };
    calls.push(call);
    return () => void (call.canceled = true);
  });
  // Tells when it is looked at.
  const told: number[] = [];
  const time_ms = { valueOf: () => told.push(1) } as unknown as number;
  const add = (count: number) => {
    for (let i = 0; i < count; i++) output.add(registry.builtin("vus"), i, {}, time_ms);
  };
  add(1_500);
  assertEquals([told.length, calls.map(({ delay_ms }) => delay_ms)], [0, [OUTPUT_LATER_MS]]);
  calls[0].callback();
  assert(told.length >= 1_500, "made when it was time");
  told.length = 0;
  add(OUTPUT_SAMPLES_MAX);
  assert(told.length >= OUTPUT_SAMPLES_MAX, "made when there were many");
  assertEquals(calls.map(({ canceled }) => canceled), [true, true]);
});

Deno.test("jsonOutput has a sample in the file by the next tick, however few come", () => {
  const registry = new MetricRegistry();
  const ticks: (() => void)[] = [];
  let text = "";
  const output = jsonOutput((chunk) => text += chunk, {}, (delay_ms, callback) => {
    assert(delay_ms <= 200, `${delay_ms} ms: who follows the file drops what comes too late`);
    ticks.push(callback);
    return () => {};
  });
  for (const value of [1, 2]) {
    output.add(registry.builtin("vus"), value, {}, 0);
    ticks.shift()!();
    assertEquals(JSON.parse(text.trimEnd().split("\n").at(-1)!).data.value, value);
  }
});

Deno.test("jsonOutput writes whole lines, and holds back no more than its buffer", () => {
  const registry = new MetricRegistry();
  const chunks: string[] = [];
  const output = jsonOutput((chunk) => chunks.push(chunk));
  for (let i = 0; i < 5000; i++) output.add(registry.builtin("vus"), i, {}, i);
  output.flush();
  assert(chunks.length > 3);
  assert(
    chunks.every((chunk) => chunk.endsWith("}\n") && chunk.length < OUTPUT_BUFFER_CHARS + 500),
  );
  assertEquals(chunks.join("").trimEnd().split("\n").length, 5001);
});
