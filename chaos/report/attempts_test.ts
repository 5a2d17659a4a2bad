import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { judgeRun } from "../judge/mod.ts";
import { simulate } from "../testing/journal.ts";
import { type Attempt, indexPage, writeReport } from "./mod.ts";

const RECORDS = simulate({ conditions: [] });
const JUDGEMENT = { ...judgeRun(RECORDS), verdict: "held" as const, sentence: "1 condition held" };
const ATTEMPTS: readonly Attempt[] = [
  { dir: "a", verdict: "inconclusive", sentence: "a probe took 40 ms", is_machines: false },
  { dir: "a/again-1", verdict: "inconclusive", sentence: "others used 90 %", is_machines: true },
  { dir: "a/again-2", verdict: "held", sentence: "1 condition held", is_machines: false },
];

Deno.test("junit.xml lists every run of a repeated scenario with its verdict", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const files = await writeReport(dir, RECORDS, JUDGEMENT, ATTEMPTS);
    const junit = await Deno.readTextFile(files[2]);
    assertMatch(
      junit,
      /name="run 1 of 3: inconclusive"[^>]*><skipped message="a probe took 40 ms"/,
    );
    assertMatch(junit, /name="run 2 of 3: inconclusive \(busy machine\)"/);
    assertMatch(junit, /name="run 3 of 3: held"/);
    assertMatch(junit, /skipped="2"/);
    const [, , once] = await writeReport(dir, RECORDS, JUDGEMENT);
    assertNotMatch(await Deno.readTextFile(once), /name="run /);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("index.html links every run of a repeated scenario, and lists none for a single run", async () => {
  const run = { name: "a", dir: "a/again-2", records: RECORDS, judgement: JUDGEMENT };
  const text = await indexPage([{ ...run, attempts: ATTEMPTS }]);
  assertMatch(
    text,
    />3 runs: <a href="a\/report.html" title="a probe took 40 ms">inconclusive<\/a>/,
  );
  assertMatch(text, /<a href="a\/again-2\/report.html" title="">held<\/a>/);
  const single = await indexPage([{ ...run, attempts: ATTEMPTS.slice(2) }]);
  assertEquals(single.includes('class="why"'), false);
});
