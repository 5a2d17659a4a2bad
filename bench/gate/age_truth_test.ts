import { assertEquals, assertStringIncludes } from "@std/assert";
import { type AgeRecord, type AgeSample, judgeAges } from "./age_truth.ts";

const TAKEN_MS = 1_000_000;

/** 20 responses 100 ms apart that report `reported(true age)`. */
function record(reported: (age_ms: number) => number, change: Partial<AgeRecord> = {}): AgeRecord {
  const samples = Array.from({ length: 20 }, (_, i): AgeSample => {
    const sent_epoch_ms = TAKEN_MS + 100 * i;
    const age_ms = reported(sent_epoch_ms - TAKEN_MS);
    return {
      sent_epoch_ms,
      received_epoch_ms: sent_epoch_ms + 2,
      snapshot_id: "a-1",
      reported_ms: [age_ms, age_ms],
    };
  });
  return {
    samples,
    snapshots: new Map([["a-1", TAKEN_MS]]),
    failures: [],
    refusals: [],
    ...change,
  };
}

const verdicts = (seen: AgeRecord, doubts: string[] = []) =>
  judgeAges("s", seen, 15_000, doubts).map(({ verdict }) => verdict);

Deno.test("true ages within the bound hold", () => {
  assertEquals(verdicts(record((age_ms) => age_ms)), ["holds", "holds"]);
});

Deno.test("a frozen age is broken, even on a busy machine", () => {
  const [age] = judgeAges("s", record(() => 0), 15_000, ["others ran"]);
  assertEquals(age.verdict, "broken");
  assertStringIncludes(age.name, "reported 0 ms, true age 1,900 ms");
});

Deno.test("a response without an age is broken", () => {
  const [age] = judgeAges("s", record((age_ms) => age_ms > 500 ? NaN : age_ms), 15_000, []);
  assertEquals(age.verdict, "broken");
  assertStringIncludes(age.name, "an age is missing");
});

Deno.test("old data is broken, or inconclusive on a busy machine", () => {
  const old = record((age_ms) => age_ms + 20_000, {
    snapshots: new Map([["a-1", TAKEN_MS - 20_000]]),
  });
  assertEquals(verdicts(old), ["holds", "broken"]);
  assertEquals(verdicts(old, ["others ran"]), ["holds", "inconclusive"]);
});

Deno.test("too few ages are inconclusive", () => {
  const { samples, ...rest } = record((age_ms) => age_ms);
  assertEquals(verdicts({ samples: samples.slice(1), ...rest }), ["inconclusive", "inconclusive"]);
});

Deno.test("a response from an unknown snapshot is broken", () => {
  const { samples, ...rest } = record((age_ms) => age_ms);
  const foreign = { ...samples[0], snapshot_id: "b-9" };
  assertEquals(verdicts({ samples: [...samples, foreign], ...rest }), ["holds", "holds", "broken"]);
});

Deno.test("a missing response is broken, or inconclusive on a busy machine", () => {
  const silent = record((age_ms) => age_ms, { failures: ["timeout"] });
  assertEquals(verdicts(silent).at(-1), "broken");
  assertEquals(verdicts(silent, ["others ran"]).at(-1), "inconclusive");
});

Deno.test("one answer of 500 is broken even on a busy machine", () => {
  const refused = record((age_ms) => age_ms, { refusals: ["status 500"] });
  const check = judgeAges("default", refused, 5_000, ["busy"]).at(-1)!;
  assertEquals([check.name, check.verdict], ["responses without data (status 500)", "broken"]);
});
