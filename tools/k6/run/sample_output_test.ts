import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MetricRegistry } from "../metrics/metric.ts";
import { MetricEngine } from "../metrics/engine.ts";
import {
  jsonOutput,
  OUTPUT_BUFFER_CHARS,
  OUTPUT_LATER_MS,
  OUTPUT_SAMPLES_MAX,
} from "./sample_output.ts";
import { EXIT_CODES } from "../exit_codes.ts";
import { KEEP_SUMMARY, runScript } from "../testing/run_script.ts";

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

const SCRIPT = `
  export const options = { iterations: 3, thresholds: { iterations: ["count>1000"] } };
  export default () => new Promise((wake) => globalThis.setTimeout(wake, ${2 * OUTPUT_LATER_MS}));
  export function teardown() { console.log("torn down"); }
  ${KEEP_SUMMARY}`;

Deno.test("--out that can no longer be written is told once; the run goes on to its end and exits 255", async () => {
  let writes = 0, closed = 0;
  const { code, stderr, summary } = await runScript(SCRIPT, {
    args: ["--out", "json=full.json"],
    openForWriting: () => ({
      write() {
        writes++;
        throw new Error("No space left on device");
      },
      close: () => closed++,
    }),
  });
  assertEquals([code, writes, closed], [EXIT_CODES.other_error, 1, 1]);
  assertEquals(stderr.match(/--out json=full\.json: .*No space left on device; .*/g)?.length, 1);
  assertStringIncludes(stderr, "torn down");
  assertEquals(summary!.metrics.iterations.values.count, 3);
});

Deno.test("--out that cannot be written does not keep another one from its samples", async () => {
  let good = "";
  const { code } = await runScript(SCRIPT, {
    args: ["--out", "json=full.json", "--out", "json=good.json"],
    openForWriting: (path) => ({
      write(text) {
        if (path === "full.json") throw new Error("No space left on device");
        good += text;
      },
      close() {},
    }),
  });
  assertEquals(code, EXIT_CODES.other_error);
  assertEquals(good.match(/"metric":"iterations","type":"Point"/g)?.length, 3);
});

Deno.test("--out that cannot be opened exits 104 before anything runs, in a line that names the file", async () => {
  let closed = 0;
  const { code, stdout, stderr } = await runScript(SCRIPT, {
    args: ["--out", "json=good.json", "--out", "json=no/such.json"],
    openForWriting(path) {
      if (path === "no/such.json") throw new Deno.errors.NotFound("No such file or directory");
      return { write() {}, close: () => closed++ };
    },
  });
  assertEquals([code, stdout, closed], [EXIT_CODES.invalid_config, "", 1]);
  assertEquals(stderr.trim().split("\n").length, 1);
  assertStringIncludes(
    stderr,
    "--out json=no/such.json: must be a file that can be written: No such",
  );
  assertStringIncludes(stderr, "make its folder, or name another file");
  assert(!stderr.includes("torn down"));
});
