import { assertEquals, assertMatch } from "@std/assert";
import { claim, edit, faultOf, simulate } from "../testing/journal.ts";
import { listReaders } from "../vocabulary/mod.ts";
import { judgeRun } from "./mod.ts";

const FAULT = faultOf(listReaders({ connections: 3, pause_ms: 700 }));
const ID = "1-resource.list_readers";

/** A run whose readers got 20 lists, and some in part from 9 s on. */
function withCut(cut: number | undefined) {
  const records = simulate({ conditions: [claim("cut_answers", 0)], fault: FAULT });
  return edit(records, "hop", (hop) => ({
    ...hop,
    hits: { [ID]: 20 },
    ...(cut === undefined ? {} : { cut: { [ID]: hop.t_ms >= 9000 ? cut : 0 } }),
  }));
}

function judged(cut: number | undefined) {
  const [{ verdict, decided_by }] = judgeRun(withCut(cut)).conditions;
  return { verdict, t_ms: decided_by?.t_ms, text: decided_by?.text ?? "" };
}

Deno.test("one cut list of 21 is broken, at the time it was counted", () => {
  const { verdict, t_ms, text } = judged(1);
  assertEquals([verdict, t_ms], ["broken", 9000]);
  assertMatch(text, /list readers: 1 list ended before its end/);
});

Deno.test("whole lists are held, and a run without readers proves nothing", () => {
  assertEquals([judged(0).verdict, judged(undefined).verdict], ["held", "inconclusive"]);
});
