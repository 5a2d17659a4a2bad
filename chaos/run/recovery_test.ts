import { assertEquals } from "@std/assert";
import type { ProbeRecord } from "../journal/mod.ts";
import { scenarioNamed } from "../scenarios/mod.ts";
import { freshAge, RecoveryWatch } from "./recovery.ts";

const PLAN = scenarioNamed("outage")!.plan();
const GOOD: ProbeRecord = {
  t_ms: 0,
  kind: "probe",
  probe: "getmetric",
  status: 200,
  latency_ms: 1,
  age_ms: 500,
  snapshot_id: "a",
  switch_id: "sw-001",
  metric: "latency_us",
  value: "1",
  error: null,
};

function recoveredAfter(...probes: Partial<ProbeRecord>[]): boolean {
  const watch = new RecoveryWatch(PLAN);
  for (const probe of probes) watch.record({ ...GOOD, ...probe });
  return watch.is_recovered;
}

Deno.test("RecoveryWatch needs the plan's number of good probes in a row", () => {
  assertEquals(PLAN.recover.stable, 3);
  assertEquals(recoveredAfter({}, {}), false);
  assertEquals(recoveredAfter({}, {}, {}), true);
});

for (
  const [what, bad] of [
    ["old data", { age_ms: freshAge(PLAN) + 1 }],
    ["a refusal", { status: 503, age_ms: null }],
    ["no answer", { status: 0, error: "timeout", age_ms: null }],
  ] as const
) {
  Deno.test(`RecoveryWatch starts over after ${what}`, () => {
    assertEquals(recoveredAfter({}, {}, bad, {}, {}), false);
    assertEquals(recoveredAfter({}, {}, bad, {}, {}, {}), true);
  });
}

Deno.test("RecoveryWatch counts value probes only", () => {
  assertEquals(recoveredAfter({ probe: "readyz" }, { probe: "stats" }, {}, {}), false);
});

Deno.test("freshAge follows the plan's claim, else the settings", () => {
  assertEquals(freshAge(PLAN), 1_650);
  assertEquals(freshAge({ ...PLAN, conditions: [] }), 2_500);
});
