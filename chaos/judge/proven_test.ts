import { assertEquals, assertMatch } from "@std/assert";
import { claim, OUTAGE_CLAIMS, simulate } from "../testing/journal.ts";
import { judgeRun, readRun } from "./mod.ts";
import { provenSentence } from "./proven.ts";

Deno.test("a held run says what was proven under fault, with figures and predictions", () => {
  const errors = claim("load_error_share", 0, { unit: "%" });
  const { sentence } = judgeRun(simulate({
    conditions: [errors, ...OUTAGE_CLAIMS],
    controlP95At: () => 1,
  }));
  assertMatch(
    sentence,
    /^5 s of tcp\.refuse: 0 of [\d,]+ requests failed, age peaked at 6\.15 s \(≤ 9 s predicted\), p95 [\d.]+ ms \(control [\d.]+ ms\), recovered after [\d.]+ m?s \(≤ 1\.2 s predicted\); 13 conditions held$/,
  );
});

Deno.test("a held run says nothing of what its plan does not promise", () => {
  const { sentence } = judgeRun(simulate({ conditions: [claim("bad_data_accepted", 0)] }));
  assertEquals(sentence, "1 condition held");
});

Deno.test("faults that lasted no time are named without one, and many kinds are counted", () => {
  const age = claim("age_max_ms", 9000, { unit: "ms", when: "faulted" });
  const run = readRun(simulate({ conditions: [age] }))!;
  const judged = judgeRun(simulate({ conditions: [age] })).conditions;
  const told = (...kinds: string[]) => {
    const faults = kinds.map((kind) => ({
      ...run.faults[0],
      off_ms: run.faults[0].on_ms,
      fault: { ...run.faults[0].fault, kind },
    }));
    return provenSentence({ ...run, faults }, judged, []).split(":")[0];
  };
  assertEquals(told("process.kill"), "after process.kill");
  assertEquals(
    told("process.kill", "process.kill", "tcp.reset"),
    "after process.kill and tcp.reset",
  );
  assertEquals(told("a", "b", "c"), "after 3 kinds of faults");
});
