/**
 * `deno task chaos:proof`: every planted defect breaks its scenario for the right reason, and the
 * same cache without a defect holds. It is not a `_test.ts` because it takes minutes.
 */
import { assert, assertEquals, assertMatch } from "@std/assert";
import { type ConditionJudgement, type Judgement, LATENCY_MEASURES } from "../../judge/mod.ts";
import { runAndJudge } from "../../run/run_scenario.ts";
import { scenarioNamed } from "../../scenarios/mod.ts";
import { readSubjectFile } from "../../subject/mod.ts";
import type { Measure } from "../../vocabulary/mod.ts";
import { type Defect, PLANTED } from "./defects.ts";

/** Most attempts of an inconclusive run. */
const ATTEMPTS_MAX = 3;

/** Claimed only if the defect is about latency: this proves the lab, not the machine. */
const LATENCIES: readonly Measure[] = LATENCY_MEASURES;

const SEED = 7;

const CACHE = await readSubjectFile(`${import.meta.dirname}/cache.json`);

for (const { defect, what, scenario, by, evidence } of PLANTED) {
  Deno.test(`${scenario} finds a cache that ${what}`, async () => {
    const judgement = await judged(scenario, defect, LATENCIES.includes(by));
    const found = brokenBy(judgement, by);
    assertEquals(judgement.verdict, "broken", judgement.sentence);
    assert(found !== undefined, `${by} is not broken; ${describe(judgement)}`);
    assertMatch(found.decided_by?.text ?? "", evidence);
  });
}

for (const scenario of new Set(PLANTED.map(({ scenario }) => scenario))) {
  Deno.test(`${scenario} holds for the cache without a defect`, async () => {
    const judgement = await judged(scenario, "none", false);
    assertEquals(judgement.verdict, "held", describe(judgement));
  });
}

async function judged(
  name: string,
  defect: Defect | "none",
  claims_latency: boolean,
): Promise<Judgement> {
  const full = scenarioNamed(name)!.plan({ quick: true, seed: SEED });
  const conditions = full.conditions.filter(({ measure }) =>
    claims_latency || !LATENCIES.includes(measure)
  );
  const plan = { ...full, conditions };
  const subject = { ...CACHE, env: { ...CACHE.env, DEFECT: defect } };
  for (let attempt = 1;; attempt++) {
    const { judgement } = await runAndJudge(plan, { subject, seed: SEED });
    if (judgement.verdict !== "inconclusive" || attempt === ATTEMPTS_MAX) return judgement;
  }
}

function brokenBy({ conditions }: Judgement, measure: Measure): ConditionJudgement | undefined {
  return conditions.find(({ condition, verdict }) =>
    verdict === "broken" && condition.measure === measure
  );
}

function describe({ verdict, sentence, conditions }: Judgement): string {
  const others = conditions.filter((one) => one.verdict !== "held").map((one) => one.sentence);
  return [`${verdict}: ${sentence}`, ...others].join("\n");
}
