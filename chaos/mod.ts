/**
 * The chaos lab as a library: faults, scenarios, runs and verdicts.
 *
 * ```ts
 * Deno.test("my cache serves on while its source is gone", async () => {
 *   const outage = scenario("outage", {
 *     question: "What do clients see while the source is gone?",
 *     claim: "Clients get the last values",
 *     steady: { always: [probeErrors().atMost(0, "clients do not depend on the source")] },
 *     timeline: [
 *       at(s(0), baseline(s(2))),
 *       at(s(2), refuse("source").for(s(3))),
 *       at(s(5), recover({ within: s(2), stable: 3 })),
 *     ],
 *   });
 *   assertHeld(await runScenario(outage, { subject: await readSubjectFile("my_cache.json") }));
 * });
 * ```
 */
import { instant, type Judgement } from "./judge/mod.ts";
import { runAndJudge, type RunScenarioOptions } from "./run/run_scenario.ts";
import type { Scenario, ScenarioPlan } from "./vocabulary/mod.ts";

export * from "./vocabulary/mod.ts";
export * from "./explore/mod.ts";
export { drawnScenario, scenarioNamed, SCENARIOS } from "./scenarios/mod.ts";
export type { Judgement, Verdict } from "./judge/mod.ts";
export type { JournalRecord } from "./journal/mod.ts";
export {
  ManagedProcess,
  METRICS_SERVER,
  parseSubject,
  readSubjectFile,
  startDataServer,
  startSubject,
  type Subject,
  SubjectFileError,
} from "./subject/mod.ts";
export type { EngineChoice } from "../tools/toxiproxy/mod.ts";
export type { RunScenarioOptions } from "./run/run_scenario.ts";

/**
 * Runs a scenario or a plan, and judges it. Its processes use free ports of 127.0.0.1 and end
 * before it returns, even if this process is killed.
 *
 * @param what A scenario runs in full length; `scenario.plan({ quick: true })` is shorter.
 */
export async function runScenario(
  what: Scenario | ScenarioPlan,
  options: RunScenarioOptions = {},
): Promise<Judgement> {
  const plan = "plan" in what ? what.plan({ seed: options.seed }) : what;
  return (await runAndJudge(plan, options)).judgement;
}

/** The verdict is broken or inconclusive. */
export class NotHeldError extends Error {
  override name = "NotHeldError";
}

/**
 * Throws unless the verdict is `held`. The message has the sentence and the deciding sample.
 *
 * @throws {NotHeldError} `broken: failed probes: 12 %, must be ≤ 0 % (…); at 4.2 s: GetMetric …`
 */
export function assertHeld({ verdict, sentence, decided_by }: Judgement): void {
  if (verdict === "held") return;
  const sample = decided_by === null ? "" : `; at ${instant(decided_by.t_ms)}: ${decided_by.text}`;
  throw new NotHeldError(`${verdict}: ${sentence}${sample}`);
}
