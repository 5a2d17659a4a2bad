import { assertEquals, assertRejects } from "@std/assert";
import {
  measuredOf,
  profileAnswerOf,
  ProfileFailed,
  type ProfileSummary,
  runGetMetric,
} from "./profile.ts";
import type { LoadOrder } from "../rig/mod.ts";

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

Deno.test("measuredOf() counts each failed request once and names all causes", () => {
  const metrics = { ...SUMMARY.metrics, http_req_failed: { values: { passes: 7, fails: 993 } } };
  const checks = [{ name: "answers 200", passes: 993, fails: 7 }];
  const { bad, bad_detail, responses } = measuredOf({ metrics, root_group: { checks } });
  assertEquals([bad, bad_detail], [7, "failed requests 7, not: answers 200 7"]);
  assertEquals(responses, 993);
});

Deno.test("measuredOf() without samples returns NaN", () => {
  const { p95_ms, ages, responses } = measuredOf({ metrics: {}, root_group: { checks: [] } });
  assertEquals([p95_ms, ages?.max_ms, responses], [NaN, NaN, 0]);
});

Deno.test("a run without a summary fails and does not reuse an earlier one", async () => {
  // Writes a summary into OUT_DIR, the first time only.
  const marker = await Deno.makeTempFile();
  const program = `
    if (Deno.readTextFileSync(${JSON.stringify(marker)}) === "") {
      Deno.writeTextFileSync(Deno.args.find((one) => one.startsWith("OUT_DIR=")).slice(8) + "/k6-getmetric.json",
        ${JSON.stringify(JSON.stringify(SUMMARY))});
      Deno.writeTextFileSync(${JSON.stringify(marker)}, "ran");
    } else console.error("Cannot write the summary");
    Deno.exit(0);`;
  const script = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(script, program);
  const engine = {
    k6: null,
    command: (): [string, ...string[]] => [Deno.execPath(), "run", "--allow-all", script],
  };
  const order = { port: 1, connections: 1, warmup_ms: 0, duration_ms: 1 } as LoadOrder;
  try {
    assertEquals((await runGetMetric(engine, order)).rate_per_s, 500);
    await assertRejects(
      () => runGetMetric(engine, order),
      ProfileFailed,
      "ended without its summary",
    );
  } finally {
    await Promise.all([marker, script].map((path) => Deno.remove(path)));
  }
});

Deno.test("profileAnswerOf() combines GetMetric and ListMetrics of one switch", () => {
  const body = '{"switch_id":"sw-000","metric":"latency_us","value":1.5,"age_ms":820}';
  const answer = profileAnswerOf({ status: 200, headers: [["x-data-age-ms", "820"]], body });
  assertEquals([answer.status, answer.headers], [200, [["x-data-age-ms", "820"]]]);
  assertEquals(JSON.parse(answer.body!), {
    ...JSON.parse(body),
    fields: ["latency_us"],
    items: [{ switch_id: "sw-000" }],
  });
});
