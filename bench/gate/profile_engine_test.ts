import { assertEquals } from "@std/assert";
import { measuredOf, type ProfileSummary } from "./profile_engine.ts";

const SUMMARY: ProfileSummary = {
  metrics: {
    http_reqs: { values: { count: 1_000, rate: 500 } },
    http_req_duration: { values: { med: 1, "p(95)": 2, "p(99)": 3, max: 4 } },
    http_req_failed: { values: { passes: 0, fails: 1_000 } },
    data_age_ms: { values: { "p(95)": 900, max: 1_200 } },
    data_too_old: { values: { passes: 0, fails: 1_000 } },
  },
  root_group: { checks: [{ name: "answers 200", passes: 1_000, fails: 0 }] },
};

Deno.test("measuredOf() reads rate, percentiles and ages from handleSummary's data", () => {
  const { rate_per_s, p50_ms, p95_ms, p99_ms, max_ms, ages, bad } = measuredOf(SUMMARY);
  assertEquals([rate_per_s, p50_ms, p95_ms, p99_ms, max_ms, bad], [500, 1, 2, 3, 4, 0]);
  assertEquals(ages, { p95_ms: 900, max_ms: 1_200 });
});

Deno.test("measuredOf() counts what failed once, and names each way in which it did", () => {
  const metrics = { ...SUMMARY.metrics, http_req_failed: { values: { passes: 7, fails: 993 } } };
  const checks = [{ name: "answers 200", passes: 993, fails: 7 }];
  const { bad, bad_detail, responses } = measuredOf({ metrics, root_group: { checks } });
  assertEquals([bad, bad_detail], [7, "failed requests 7, not: answers 200 7"]);
  assertEquals(responses, 993);
});

Deno.test("measuredOf() without samples measures nothing, instead of zeros that hold", () => {
  const { p95_ms, ages, responses } = measuredOf({ metrics: {}, root_group: { checks: [] } });
  assertEquals([p95_ms, ages?.max_ms, responses], [NaN, NaN, 0]);
});
