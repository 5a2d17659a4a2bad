import { assertEquals } from "@std/assert";
import { profileAnswerOf } from "./profile_answer.ts";

Deno.test("profileAnswerOf() is GetMetric and ListMetrics of the same switch in one", () => {
  const body = '{"switch_id":"sw-000","metric":"latency_us","value":1.5,"age_ms":820}';
  const answer = profileAnswerOf({ status: 200, headers: [["x-data-age-ms", "820"]], body });
  assertEquals([answer.status, answer.headers], [200, [["x-data-age-ms", "820"]]]);
  assertEquals(JSON.parse(answer.body!), {
    ...JSON.parse(body),
    fields: ["latency_us"],
    items: [{ switch_id: "sw-000" }],
  });
});
