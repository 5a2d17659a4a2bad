import { assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord, ProcessRecord } from "../journal/mod.ts";
import { claim, edit, insert, simulate, timesOf } from "../testing/journal.ts";
import { judgeRun } from "./mod.ts";

const { on } = timesOf();
const GOOD = simulate({ conditions: [claim("block_ms", 25, { unit: "ms" })] });

/** The subject's longest block is this long from a time on. */
const blocked = (block_ms: number, from_ms: number, records: readonly JournalRecord[] = GOOD) =>
  edit(
    records,
    "stats",
    (stats) => stats.t_ms < from_ms ? stats : { ...stats, event_loop_block_max_ms: block_ms },
  );

/** The subject's threads wait this long for a core in each half second. */
const waiting = (wait_ms: number | null, records: readonly JournalRecord[]) =>
  edit(records, "process_sample", (sample) => ({ ...sample, wait_ms }));

const judged = (records: readonly JournalRecord[]) => judgeRun(records).conditions[0];

Deno.test("a block of six times the bound is broken, not inconclusive", () => {
  const { verdict, sentence, decided_by } = judged(blocked(150, on));
  assertEquals(verdict, "broken", sentence);
  assertMatch(sentence, /^longest block of the event loop: 14\d ms, must be ≤ 25 ms/);
  assertMatch(decided_by?.text ?? "", /^subject: event loop blocked for 150 ms, while its threads/);
});

for (
  const [words, records, verdict] of [
    ["a subject that is never blocked for long", GOOD, "held"],
    ["a block that waits for a core explain", waiting(60, blocked(100, on)), "held"],
    ["a block longer than the waits for a core", waiting(20, blocked(150, on)), "broken"],
    ["a block in a journal without waits", waiting(null, blocked(150, on)), "held"],
    ["a block during the load's warm-up that stays the longest", blocked(60, 3000), "broken"],
  ] as const
) {
  Deno.test(`block_ms is ${verdict} for ${words}`, () => {
    const { verdict: found, sentence } = judged(records);
    assertEquals(found, verdict, sentence);
  });
}

Deno.test("a start that waits for cores and a freeze are no blocks, a longer one is", () => {
  const process = { kind: "process", process: "subject", pid: 7, code: null } as const;
  const at = (t_ms: number, action: ProcessRecord["action"]) => ({ t_ms, ...process, action });
  const started = insert(blocked(80, 1000), at(200, "started"), at(900, "ready"));
  assertEquals(judged(waiting(60, started)).verdict, "held");
  assertEquals(judged(started).verdict, "broken");
  const frozen = insert(blocked(3500, on + 4000), at(on, "stopped"), at(on + 3600, "continued"));
  assertEquals(judged(frozen).verdict, "held");
});

Deno.test("a subject that reports no blocks is inconclusive", () => {
  const silent = edit(GOOD, "stats", (stats) => ({ ...stats, event_loop_block_max_ms: null }));
  assertEquals(judged(silent).verdict, "inconclusive");
});
