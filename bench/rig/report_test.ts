import { assertEquals } from "@std/assert";
import { judge } from "../../tools/verdict/mod.ts";
import { renderReport } from "./report.ts";
import { round } from "./testing/rounds.ts";

Deno.test("renderReport() is one screen: machine, method, rounds, checks, notes, conclusion", () => {
  const text = renderReport({
    machine: {
      cpu: "Some CPU",
      cores: 2,
      memory_mb: 4096,
      kernel: "linux 6.1",
      deno: "2.9.6",
      v8: "15.0",
      load_average: 0.5,
    },
    method: ["Load: own client."],
    contenders: [
      { label: "GetMetric · bare", rounds: [round(), round({ rate_per_s: 50_000 }), round()] },
      {
        label: "GetMetric · metrics_server",
        rounds: [round({ rate_per_s: 93_750.4, p95_ms: 12 })],
      },
    ],
    checks: [
      judge({
        figure: "a",
        name: "GetMetric: requests/s to bare",
        unit: "×",
        samples: [0.94],
        relation: "≥",
        bound: 0.85,
        doubts: ["the machine was busy"],
      }),
    ],
    notes: ["a note"],
  });
  assertEquals(
    text,
    `\
Some CPU, 2 cores, 4096 MB · linux 6.1 · Deno 2.9.6 · load average 0.50 at the start
Load: own client.

median of rounds            requests/s  p50 ms  p95 ms  p99 ms  CPU %  µs per request
GetMetric · bare               100,000    0.90    1.20    1.60     97            9.70
GetMetric · metrics_server      93,750    0.90   12.00    1.60     97           10.35

   figure                         measured     bound  rounds  verdict
a  GetMetric: requests/s to bare    0.94 ×  ≥ 0.85 ×          INCONCLUSIVE

a note
inconclusive a: the machine was busy
0 hold, 0 broken, 1 inconclusive
`,
  );
});
