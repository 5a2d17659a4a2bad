import { assertEquals, assertMatch } from "@std/assert";
import { missingField } from "../journal/record_fields.ts";
import type { JournalRecord } from "../journal/mod.ts";
import { claim, edit, simulate, timesOf } from "../testing/journal.ts";
import { judgeRun } from "./mod.ts";

const TIMES = timesOf();
const ERRORS = claim("load_error_share", 0, { unit: "%" });

/** A run in whose window of that end samples of windows before are told to be missing. */
const lateAt = (t_ms: number, records = simulate()) =>
  edit(records, "load", (load) => load.t_ms === t_ms ? { ...load, late: 3 } : load);

Deno.test("samples of the load that came too late make what rests on all of them inconclusive", () => {
  const judged = judgeRun(lateAt(TIMES.on + 1000));
  assertEquals(judged.verdict, "inconclusive");
  assertMatch(judged.sentence, /^3 samples of the load came too late .*the first before 7\.0 s/);
  const open = judged.conditions.filter(({ verdict }) => verdict === "inconclusive")
    .map(({ condition }) => condition.measure);
  assertEquals(open, ["p95_ms", "age_max_ms", "age_max_ms", "p95_ratio"]);
});

Deno.test("late samples from before the baseline are nobody's", () => {
  assertEquals(judgeRun(lateAt(TIMES.baseline + 100)).verdict, "held");
});

Deno.test("a failed request is one, whatever else came too late; fast answers prove nothing then", () => {
  const claimed = simulate({ conditions: [ERRORS, claim("p95_ms", 7, { unit: "ms" })] });
  const failed = edit(
    lateAt(TIMES.on + 1000, claimed),
    "load",
    (load) => load.t_ms === TIMES.on + 2000 ? { ...load, failed: 1 } : load,
  );
  const { verdict, conditions } = judgeRun(failed);
  assertEquals([verdict, ...conditions.map((one) => one.verdict)], [
    "broken",
    "broken",
    "inconclusive",
  ]);
});

Deno.test("a journal without late, as older ones are, can be read", () => {
  const load = simulate().find(({ kind }) => kind === "load") as JournalRecord;
  assertEquals(missingField({ ...load }), null);
  assertEquals(missingField({ ...load, late: 2 }), null);
});
