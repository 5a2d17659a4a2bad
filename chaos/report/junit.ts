/**
 * Conditions as test cases of JUnit's XML, as Jenkins, GitLab and others read it: broken is a
 * failure, inconclusive is skipped with its reason (never passed), a failed rollback is an error.
 */
import type { Judgement } from "../judge/mod.ts";
import type { RunRecord } from "../journal/mod.ts";
import { MEASURES } from "../judge/mod.ts";
import { escapeXml } from "./markup.ts";
import { doubtedSentence } from "./verdict_text.ts";

/** Text of junit.xml. */
export function junitXml(header: RunRecord | null, judgement: Judgement): string {
  const name = header?.plan.name ?? "run";
  const seconds = (Math.max(0, ...judgement.phases.map(({ to_ms }) => to_ms)) / 1000).toFixed(3);
  const cases = [verdictCase(name, seconds, judgement), ...conditionCases(name, judgement)];
  const count = (kind: string) => cases.filter(({ outcome }) => outcome === kind).length;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites><testsuite name="chaos.${escapeXml(name)}" tests="${cases.length}" ` +
    `failures="${count("failure")}" errors="${count("error")}" skipped="${count("skipped")}" ` +
    `time="${seconds}"${header === null ? "" : ` timestamp="${escapeXml(header.started_at)}"`}>`,
    ...cases.map(({ text }) => text),
    "</testsuite></testsuites>",
    "",
  ].join("\n");
}

type Outcome = "passed" | "failure" | "skipped" | "error";

interface Case {
  outcome: Outcome;
  text: string;
}

const OUTCOMES: Readonly<Record<Judgement["verdict"], Outcome>> = {
  "held": "passed",
  "broken": "failure",
  "inconclusive": "skipped",
  "rollback failed": "error",
};

function verdictCase(name: string, seconds: string, judgement: Judgement): Case {
  const { verdict, sentence, decided_by } = judgement;
  const detail = decided_by === null ? "" : `${decided_by.t_ms} ms: ${decided_by.text}`;
  return testCase(name, "verdict", OUTCOMES[verdict], sentence, detail, seconds);
}

function conditionCases(name: string, { conditions }: Judgement): Case[] {
  return conditions.map((judged) => {
    const { condition, verdict, decided_by } = judged;
    const { when, measure, relation, bound, unit } = condition;
    const title = `${MEASURES[measure].name} (${when}) ${relation} ${bound}${
      unit === "" ? "" : ` ${unit}`
    }`;
    const detail = decided_by === null ? "" : `${decided_by.t_ms} ms: ${decided_by.text}`;
    return testCase(name, title, OUTCOMES[verdict], doubtedSentence(judged), detail, "0");
  });
}

function testCase(
  scenario: string,
  title: string,
  outcome: Outcome,
  message: string,
  detail: string,
  seconds: string,
): Case {
  const open = `<testcase classname="chaos.${escapeXml(scenario)}" name="${
    escapeXml(title)
  }" time="${seconds}"`;
  const inner = outcome === "passed"
    ? ""
    : `<${outcome} message="${escapeXml(message)}">${escapeXml(detail)}</${outcome}>`;
  return { outcome, text: inner === "" ? `${open}/>` : `${open}>${inner}</testcase>` };
}
