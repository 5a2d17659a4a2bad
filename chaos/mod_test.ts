import { assertEquals, assertThrows } from "@std/assert";
import { judgeRun } from "./judge/mod.ts";
import { simulate } from "./testing/journal.ts";
import {
  assertHeld,
  at,
  baseline,
  NotHeldError,
  probeErrors,
  readSubjectFile,
  recover,
  refuse,
  runScenario,
  s,
  scenario,
} from "./mod.ts";

Deno.test("another service is judged in ten lines: it serves on while its source is gone", async () => {
  const outage = scenario("outage", {
    question: "What do clients see while the source is gone?",
    claim: "Clients get the last values",
    steady: { always: [probeErrors().atMost(0, "clients do not depend on the source")] },
    timeline: [
      at(s(0), baseline(s(2))),
      at(s(2), refuse("source").for(s(3))),
      at(s(5), recover({ within: s(2), stable: 3 })),
    ],
  });
  const subject = await readSubjectFile("chaos/subject/testing/small_cache.json");
  assertHeld(await runScenario(outage, { subject }));
});

Deno.test("assertHeld accepts a held run", () => {
  const judgement = judgeRun(simulate());
  assertEquals(judgement.verdict, "held", judgement.sentence);
  assertHeld(judgement);
});

Deno.test("assertHeld throws with the verdict, its sentence and the sample that decided", () => {
  const judgement = {
    ...judgeRun(simulate()),
    verdict: "broken" as const,
    sentence: "failed probes: 12 %, must be ≤ 0 %",
    decided_by: { t_ms: 4_210, text: "GetMetric sw-003: 503" },
  };
  assertThrows(
    () => assertHeld(judgement),
    NotHeldError,
    "broken: failed probes: 12 %, must be ≤ 0 %; at 4.2 s: GetMetric sw-003: 503",
  );
});

Deno.test("assertHeld rejects an inconclusive run", () => {
  const records = simulate().filter(({ kind }) => kind !== "end");
  assertThrows(() => assertHeld(judgeRun(records)), NotHeldError, "inconclusive: ");
});
