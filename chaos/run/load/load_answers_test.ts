import { assertEquals } from "@std/assert";
import { METRICS_SERVER } from "../../subject/mod.ts";
import { seededRandom } from "../../vocabulary/mod.ts";
import { readTable } from "../probes/source_watch.ts";
import { AnswerCounts, LOAD_ANSWERS_MAX, type LoadAnswer, loadTarget } from "./load_answers.ts";

const START_MS = 1_700_000_000_000;
const TABLE = readTable("switch_id,n\nsw-0,1\nsw-1,2\n");
const TARGET = loadTarget(METRICS_SERVER, TABLE, seededRandom(1));

const answer = (given: Partial<LoadAnswer> = {}): LoadAnswer => ({
  ...{ cell: 0, sent_ms: START_MS + 10, age_ms: 4, value: "1", snapshot_id: "b-1" },
  ...given,
});

Deno.test("loadTarget reads an answer's cell, time, younger age, snapshot and digits", () => {
  const body = '{"switch_id":"sw-0","value":18446744073709551615,"snapshot_id":"b-1","age_ms":7}';
  assertEquals(TARGET.read(`1 ${START_MS} 483 ${body}`), {
    ...{ cell: 1, sent_ms: START_MS, age_ms: 7 },
    ...{ value: "18446744073709551615", snapshot_id: "b-1" },
  });
  assertEquals(TARGET.paths.length, 2);
});

Deno.test("loadTarget reads an answer without an age, and an answer without JSON", () => {
  assertEquals(TARGET.read(`0 ${START_MS}  {"value":1}`)?.age_ms, null);
  const { value, snapshot_id } = TARGET.read(`0 ${START_MS} 4 <html>`)!;
  assertEquals([value, snapshot_id], [null, null]);
});

Deno.test("loadTarget reads no answer to a path that it does not have, and no other text", () => {
  assertEquals([TARGET.read(`2 ${START_MS} 4 {}`), TARGET.read("{}")], [null, null]);
});

Deno.test("loadTarget requests no answers from a subject without a place for the value", () => {
  const hasAnswers = (value: string | null) =>
    loadTarget({ ...METRICS_SERVER, value }, TABLE, seededRandom(1)).has_answers;
  assertEquals(["/value", "csv", null].map(hasAnswers), [true, false, false]);
});

Deno.test("AnswerCounts counts equal answers and keeps the decisive times of each snapshot", () => {
  const counts = new AnswerCounts(START_MS);
  counts.add(answer(), START_MS + 12);
  counts.add(answer({ sent_ms: START_MS + 30, age_ms: 40 }), START_MS + 31.5);
  counts.add(answer({ cell: 1, value: null, age_ms: null }), START_MS + 11);
  counts.add(answer({ snapshot_id: "b-2" }), START_MS + 20);
  assertEquals(counts.record(), {
    answers: [
      {
        ...{ snapshot_id: "b-1", first_ms: 11, sent_max_ms: 30, taken_max_ms: 6 },
        values: [[0, "1", 2], [1, null, 1]],
      },
      {
        ...{ snapshot_id: "b-2", first_ms: 20, sent_max_ms: 10, taken_max_ms: 6 },
        values: [[0, "1", 1]],
      },
    ],
  });
});

Deno.test("AnswerCounts counts what is beyond its limit of distinct answers", () => {
  const counts = new AnswerCounts(START_MS);
  for (let i = 0; i < LOAD_ANSWERS_MAX + 3; i++) counts.add(answer({ value: String(i) }), START_MS);
  const { answers, answers_left_out } = counts.record();
  assertEquals([answers?.[0].values.length, answers_left_out], [LOAD_ANSWERS_MAX, 3]);
});
