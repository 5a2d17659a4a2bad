import { assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord } from "../journal/mod.ts";
import { edit, simulate, timesOf } from "../testing/journal.ts";
import { brokenInBaseline, judgeRun } from "./mod.ts";

const GOOD = simulate();
const TIMES = timesOf();

/** What a run has recorded when its baseline ends. */
const soFar = (records: readonly JournalRecord[]) =>
  records.filter(({ t_ms }) => t_ms < TIMES.on - 5);

/** One probe in ten fails from the start on. */
const failing = edit(
  GOOD,
  "probe",
  (probe) => probe.t_ms % 1000 === 50 ? { ...probe, status: 500, error: "boom" } : probe,
);

Deno.test("brokenInBaseline names the promise that fails without a fault", () => {
  assertMatch(brokenInBaseline(soFar(failing)) ?? "", /^failed probes: \d+ %, must be ≤ 0 %/);
});

Deno.test("brokenInBaseline finds nothing in a good baseline, in a cold start, or before it", () => {
  const slow_machine = simulate({ p95At: () => 30, controlP95At: () => 20 });
  for (
    const records of [soFar(GOOD), simulate({ cold_start: true }), soFar(slow_machine), []]
  ) {
    assertEquals(brokenInBaseline(records), null);
  }
});

Deno.test("a run that stopped after a broken baseline is broken, and its doubt says what to do", () => {
  const t_ms = TIMES.on - 5, detail = "failed probes: 10 %: mend this first";
  const { verdict, sentence, doubts, conditions } = judgeRun([
    ...soFar(failing),
    { t_ms, kind: "trouble", what: "baseline", detail },
    { t_ms, kind: "end", clean: true, left: [] },
  ]);
  assertEquals([verdict, doubts], ["broken", [`stopped before any fault at 6.0 s: ${detail}`]]);
  assertMatch(sentence, /^failed probes/);
  assertEquals(conditions.filter((one) => one.verdict === "held"), []);
});

Deno.test("a machine too slow for the load leaves open what rests on latency alone", () => {
  const { verdict, doubts, conditions } = judgeRun(simulate({
    p95At: (_, faulted) => faulted ? 3 : 30,
    controlP95At: (_, faulted) => faulted ? 1 : 20,
  }));
  const open = conditions.filter((one) => one.verdict !== "held")
    .map(({ condition }) => condition.measure);
  assertEquals([verdict, open], ["inconclusive", ["p95_ms", "p95_ratio"]]);
  assertMatch(doubts[0], /the control missed it, too.*: end other programs and run again$/);
});
