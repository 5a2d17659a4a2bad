import { assertEquals } from "@std/assert";
import { heyMeasured, measuredOf } from "./engines.ts";

Deno.test("heyMeasured reads times, rate and unexpected statuses from hey's CSV", () => {
  const header =
    "response-time,DNS+dialup,DNS,Request-write,Response-delay,Response-read,status-code,offset";
  const row = (seconds: number, status: number) => `${seconds},0,0,0,0,0,${status},0.1`;
  const csv = [header, row(0.03, 200), row(0.01, 200), row(0.02, 500), row(0.04, 200)].join("\n");
  const { rate_per_s, p50_ms, p99_ms, bad, bad_detail } = heyMeasured(csv + "\n", 2, 200);
  assertEquals([rate_per_s, p50_ms, p99_ms, bad, bad_detail], [2, 20, 40, 1, "status 1"]);
});

Deno.test("measuredOf takes the rate over the run's duration and counts failures and drops", () => {
  const measured = measuredOf({
    state: { testRunDurationMs: 2000 },
    metrics: {
      http_reqs: { values: { count: 300 } },
      http_req_failed: { values: { passes: 2 } },
      http_req_duration: { values: { "med": 1, "p(95)": 2, "p(99)": 3, "max": 4 } },
      dropped_iterations: { values: { count: 1 } },
    },
  });
  assertEquals([measured.rate_per_s, measured.bad, measured.p99_ms], [150, 3, 3]);
});
