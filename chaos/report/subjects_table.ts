/** What several subjects kept of the same promises in the same scenarios. Pure. */
import type { ConditionJudgement, Judgement } from "../judge/mod.ts";
import type { Measure } from "../vocabulary/mod.ts";
import { PROMISES } from "./promises.ts";

/** One scenario with one subject. */
interface ComparedRun {
  readonly scenario: string;
  /** Folder of its report, relative to the page. */
  readonly dir: string;
  /** null if it was not run. */
  readonly judgement: Judgement | null;
  /** Why it was not run. */
  readonly reason: string | null;
}

export interface ComparedSubject {
  readonly name: string;
  readonly version: string | null;
  /** Why it was not run; null if it was. */
  readonly not_run: string | null;
  /** Measures of functions that the program does not have, and why. */
  readonly not_offered: Readonly<Partial<Record<Measure, string>>>;
  readonly runs: ComparedRun[];
}

export interface Comparison {
  readonly subjects: readonly ComparedSubject[];
  readonly scenarios: readonly string[];
  /** Length, seed, start and machine. */
  readonly about: string;
}

/** From best to worst. */
export const RESULTS = ["held", "not offered", "not run", "inconclusive", "broken"] as const;

export type Result = typeof RESULTS[number];

/** The result of one condition, or of a run as a whole. */
export interface Finding {
  readonly scenario: string;
  /** Folder of the report; empty without one. */
  readonly dir: string;
  /** null: the run as a whole. */
  readonly promise: string | null;
  readonly result: Result;
  /** The doubt about the run, if that is the reason. */
  readonly sentence: string;
}

/**
 * All findings of a subject. What its file calls not offered counts as held if it held, and never
 * as broken or inconclusive.
 */
export function findingsOf({ runs, not_offered }: ComparedSubject): Finding[] {
  return runs.flatMap(({ scenario, dir, judgement, reason }): Finding[] => {
    if (judgement === null) {
      return [{ scenario, dir, promise: null, result: "not run", sentence: reason ?? "" }];
    }
    const findings = judgement.conditions.map((judged) => ({
      scenario,
      dir,
      promise: promiseOf(judged),
      ...resultOf(judged, not_offered[judged.condition.measure]),
    }));
    return [...findings, ...wholeRun(scenario, dir, judgement)];
  });
}

function promiseOf({ condition }: ConditionJudgement): string {
  const found = PROMISES.find(([, measures]) => measures.includes(condition.measure));
  return found?.[0] ?? condition.measure;
}

function resultOf(
  judged: ConditionJudgement,
  not_offered: string | undefined,
): Pick<Finding, "result" | "sentence"> {
  const { verdict, sentence, doubt } = judged;
  if (verdict === "held" || not_offered === undefined) {
    return { result: verdict, sentence: doubt ?? sentence };
  }
  return { result: "not offered", sentence: `${not_offered} (${sentence})` };
}

/** A verdict without a condition as its reason: the subject ended by itself, for example. */
function wholeRun(scenario: string, dir: string, judgement: Judgement): Finding[] {
  const { verdict, sentence, conditions } = judgement;
  if (verdict === "held" || conditions.some((one) => one.verdict === verdict)) return [];
  const result = verdict === "rollback failed" ? "inconclusive" : verdict;
  return [{ scenario, dir, promise: null, result, sentence }];
}

/** A cell of the table. */
export interface Cell {
  /** The worst result; null if nothing was promised there. */
  readonly result: Result | null;
  /** Number of scenarios by their own worst result, the worst first. */
  readonly counts: readonly (readonly [Result, number])[];
  /** Why it is not held. */
  readonly sentences: readonly string[];
}

/** The worst result of the findings, and the number of scenarios with each result. */
export function cellOf(findings: readonly Finding[]): Cell {
  const scenarios = [...Map.groupBy(findings, ({ scenario }) => scenario).values()].map(worstOf);
  const counts = RESULTS.toReversed().map((result) =>
    [result, scenarios.filter((one) => one === result).length] as const
  ).filter(([, count]) => count > 0);
  const result = findings.length === 0 ? null : worstOf(findings);
  const sentences = findings.filter((one) => one.result === result && result !== "held")
    .map(({ scenario, sentence }) => `${scenario}: ${sentence}`);
  return { result, counts, sentences };
}

function worstOf(findings: readonly Finding[]): Result {
  return RESULTS[Math.max(...findings.map(({ result }) => RESULTS.indexOf(result)))];
}

/** The promises that some scenario makes, in the order of {@link PROMISES}. */
export function promisesIn(findings: readonly Finding[]): string[] {
  const made = new Set(findings.map(({ promise }) => promise));
  return PROMISES.map(([text]) => text).filter((text) => made.has(text));
}
