import { assertEquals } from "@std/assert";
import { type Family, writeMetrics } from "./exposition.ts";

const POLLS: Family = {
  name: "polls",
  type: "counter",
  help: "Polls that ended.",
  samples: [
    { labels: { source: "a", outcome: "ok" }, value: 3 },
    { labels: {}, value: "18446744073709551615" },
  ],
};

const WAITS: Family = {
  name: "wait_seconds",
  type: "histogram",
  help: "Waits.",
  samples: [{ labels: { of: "x" }, bounds: [0.00001, 0.5, 1], counts: [1, 0, 2, 4], sum: 9.5 }],
};

Deno.test("writeMetrics writes counters and histograms as Prometheus reads them", () => {
  assertEquals(
    writeMetrics([POLLS, WAITS], "prometheus"),
    `# HELP polls_total Polls that ended.
# TYPE polls_total counter
polls_total{source="a",outcome="ok"} 3
polls_total 18446744073709551615
# HELP wait_seconds Waits.
# TYPE wait_seconds histogram
wait_seconds_bucket{of="x",le="0.00001"} 1
wait_seconds_bucket{of="x",le="0.5"} 1
wait_seconds_bucket{of="x",le="1.0"} 3
wait_seconds_bucket{of="x",le="+Inf"} 7
wait_seconds_sum{of="x"} 9.5
wait_seconds_count{of="x"} 7
`,
  );
});

Deno.test("writeMetrics writes OpenMetrics heads without _total, and an end line", () => {
  assertEquals(
    writeMetrics([{ ...POLLS, samples: POLLS.samples.slice(0, 1) } as Family], "openmetrics"),
    `# HELP polls Polls that ended.
# TYPE polls counter
polls_total{source="a",outcome="ok"} 3
# EOF
`,
  );
});

Deno.test("writeMetrics leaves out families without series", () => {
  assertEquals(writeMetrics([{ ...POLLS, samples: [] } as Family], "prometheus"), "");
  assertEquals(writeMetrics([], "openmetrics"), "# EOF\n");
});

Deno.test("writeMetrics writes an unknown type in each format's word", () => {
  const family: Family = { name: "x", type: "unknown", help: "X.", samples: POLLS.samples };
  assertEquals(writeMetrics([family], "prometheus").split("\n")[1], "# TYPE x untyped");
  assertEquals(writeMetrics([family], "openmetrics").split("\n")[1], "# TYPE x unknown");
});

Deno.test("writeMetrics escapes label values and help texts", () => {
  const family: Family = {
    name: "x",
    type: "gauge",
    help: 'a\\b\n"c"',
    samples: [{ labels: { l: 'q"u\\o\nte' }, value: 1 }],
  };
  assertEquals(
    writeMetrics([family], "prometheus"),
    '# HELP x a\\\\b\\n"c"\n# TYPE x gauge\nx{l="q\\"u\\\\o\\nte"} 1\n',
  );
  assertEquals(writeMetrics([family], "openmetrics").split("\n")[0], '# HELP x a\\\\b\\n\\"c\\"');
});

Deno.test("writeMetrics writes NaN, infinities and exponents", () => {
  const values = [NaN, Infinity, -Infinity, -1.5, 1e21];
  const samples = values.map((value) => ({ labels: {}, value }));
  const family: Family = { name: "x", type: "gauge", help: "X.", samples };
  assertEquals(writeMetrics([family], "prometheus").split("\n").slice(2, -1), [
    "x NaN",
    "x +Inf",
    "x -Inf",
    "x -1.5",
    "x 1e+21",
  ]);
});
