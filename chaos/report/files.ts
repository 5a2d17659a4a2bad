/** The report files of a run, beside its journal. */
import { type JUnitCase, junitXml } from "../../tools/verdict/mod.ts";
import type { JournalRecord, RunRecord } from "../journal/mod.ts";
import { type Decision, type Judgement, MEASURES, readRun } from "../judge/mod.ts";
import { type Attempt, attemptText } from "./attempts.ts";
import { htmlReport } from "./html.ts";
import { replicasResult } from "./replicas.ts";
import { doubtedSentence } from "./text.ts";

/**
 * Writes `report.html`, `verdict.json` and `junit.xml`, and returns their paths.
 *
 * @param attempts All runs of the scenario, if it was repeated.
 */
export async function writeReport(
  dir: string,
  records: readonly JournalRecord[],
  judgement: Judgement,
  attempts: readonly Attempt[] = [],
): Promise<string[]> {
  const header = records.find((record) => record.kind === "run") ?? null;
  const files: readonly (readonly [name: string, text: string])[] = [
    ["report.html", await htmlReport(records, judgement)],
    ["verdict.json", verdictJson(header, judgement, replicasResult(readRun(records)))],
    ["junit.xml", verdictJUnit(header, judgement, attempts)],
  ];
  await Deno.mkdir(dir, { recursive: true });
  for (const [name, text] of files) await Deno.writeTextFile(`${dir}/${name}`, text);
  return files.map(([name]) => `${dir}/${name}`);
}

/** The text of verdict.json: the judgement and the run it belongs to. */
function verdictJson(
  header: RunRecord | null,
  judgement: Judgement,
  replicas: ReturnType<typeof replicasResult>,
): string {
  const { verdict, exit_code, sentence, decided_by, conditions, measures } = judgement;
  const run = header === null ? {} : {
    run_id: header.run_id,
    scenario: header.plan.name,
    claim: header.plan.claim,
    quick: header.plan.quick,
    seed: header.seed,
    started_at: header.started_at,
    subject: header.subject,
    engines: header.engines,
    machine: header.machine,
  };
  const result = {
    format: 1,
    verdict,
    exit_code,
    sentence,
    decided_by,
    ...run,
    conditions,
    measures,
    ...(replicas === null ? {} : { replicas }),
    // Keys of the file format.
    bite: judgement.fault_effects.map(({ fault_id, hits, took_effect, evidence }) => ({
      fault_id,
      hits,
      bitten: took_effect,
      evidence,
    })),
    phases: judgement.phases,
    doubts: judgement.doubts,
  };
  return JSON.stringify(result, null, 2) + "\n";
}

const OUTCOMES: Readonly<Record<Judgement["verdict"], JUnitCase["outcome"]>> = {
  "held": "passed",
  "broken": "failure",
  "inconclusive": "error",
  "rollback failed": "error",
};

/**
 * The text of junit.xml: the verdict, each run of a repeated scenario, and each condition as a test
 * case. Broken is a failure. Inconclusive is an error, because a CI that reads nothing but this
 * file would show skipped cases as green; only earlier runs, which do not decide, are skipped. A
 * failed rollback is an error, too. What passed carries its figure.
 */
function verdictJUnit(
  header: RunRecord | null,
  judgement: Judgement,
  attempts: readonly Attempt[],
): string {
  const classname = `chaos.${header?.plan.name ?? "run"}`;
  const time_s = Math.max(0, ...judgement.phases.map(({ to_ms }) => to_ms)) / 1000;
  const detailOf = (decided_by: Decision | null) =>
    decided_by === null ? "" : `${decided_by.t_ms} ms: ${decided_by.text}`;
  const verdict: JUnitCase = {
    classname,
    name: "verdict",
    outcome: OUTCOMES[judgement.verdict],
    message: judgement.sentence,
    detail: detailOf(judgement.decided_by),
    time_s,
  };
  const runs = attempts.map((attempt, i): JUnitCase => ({
    classname,
    name: `run ${i + 1} of ${attempts.length}: ${attemptText(attempt)}`,
    outcome: attempt.verdict === "inconclusive" ? "skipped" : OUTCOMES[attempt.verdict],
    message: attempt.sentence,
    detail: attempt.dir,
    time_s: 0,
  }));
  const conditions = judgement.conditions.map((judged): JUnitCase => {
    const { when, measure, relation, bound, unit } = judged.condition;
    return {
      classname,
      name: `${MEASURES[measure].name} (${when}) ${relation} ${bound} ${unit}`.trimEnd(),
      outcome: OUTCOMES[judged.verdict],
      message: doubtedSentence(judged),
      detail: detailOf(judged.decided_by),
      time_s: 0,
    };
  });
  const cases = [verdict, ...runs, ...conditions];
  return junitXml({ name: classname, time_s, timestamp: header?.started_at, cases });
}
