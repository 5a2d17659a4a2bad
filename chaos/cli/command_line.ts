/** What each command of the lab does. */
import { JournalError, readJournalFile } from "../journal/mod.ts";
import { judgeRun } from "../judge/mod.ts";
import { compareRuns, terminalReport } from "../report/mod.ts";
import { CI_SCENARIOS, SCENARIOS } from "../scenarios/mod.ts";
import { SubjectFileError } from "../subject/mod.ts";
import { BAD_SCENARIO_EXIT_CODE, type Scenario, ScenarioError } from "../vocabulary/mod.ts";
import { readArguments, USAGE, UsageError } from "./arguments.ts";
import { findScenarios, leaveReport, runScenarios } from "./run_command.ts";
import type { Outside } from "./outside.ts";
import { planText } from "./plan_text.ts";

/** Errors of who asked: told in a line, without a trace. */
const BAD_INPUT = [
  UsageError,
  ScenarioError,
  SubjectFileError,
  JournalError,
];

/** The lab itself failed (EX_SOFTWARE of sysexits.h): this must not look like a claim that is false. */
export const LAB_FAILED_EXIT_CODE = 70;

/** Scenarios the commands know. */
export interface Known {
  readonly all: readonly Scenario[];
  /** Those of `--set ci`. */
  readonly ci: readonly Scenario[];
}

/** Runs the command and returns its exit code; what was asked for wrongly is told in a line. Never throws. */
export async function runCommandLine(
  args: readonly string[],
  outside: Outside,
  known: Known = { all: SCENARIOS, ci: CI_SCENARIOS },
): Promise<number> {
  try {
    return await runCommand(args, outside, known);
  } catch (error) {
    if (BAD_INPUT.some((kind) => error instanceof kind)) {
      outside.complain((error as Error).message);
      return BAD_SCENARIO_EXIT_CODE;
    }
    outside.complain(`The lab itself failed: ${error instanceof Error ? error.stack : error}`);
    return LAB_FAILED_EXIT_CODE;
  }
}

async function runCommand(
  args: readonly string[],
  outside: Outside,
  known: Known,
): Promise<number> {
  const asked = readArguments(args);
  switch (asked.command) {
    case "help":
      outside.print(`${USAGE}\n`);
      return 0;
    case "list": {
      const width = Math.max(...known.all.map(({ name }) => name.length));
      outside.print(
        known.all.map(({ name, question }) => `${name.padEnd(width)}  ${question}\n`).join(""),
      );
      return 0;
    }
    case "plan": {
      const found = findScenarios([asked.name], known.all, outside);
      if (typeof found === "number") return found;
      const { quick, seed } = asked.flags;
      outside.print(planText(found[0].plan({ quick, seed: seed ?? 1 })));
      return 0;
    }
    case "run": {
      const found = findScenarios(asked.names, known.all, outside);
      if (typeof found === "number") return found;
      return await runScenarios(found, asked.flags, outside, "several");
    }
    case "all":
      return await runScenarios(
        asked.set === "ci" ? known.ci : known.all,
        asked.flags,
        outside,
        asked.set,
      );
    case "judge":
      return await judgeAgain(asked.path, asked.out, outside);
    case "compare": {
      const [before, after] = await Promise.all(asked.paths.map(async (path) => {
        const records = await readJournalFile(path);
        return { records, judgement: judgeRun(records) };
      }));
      outside.print(compareRuns(before, after));
      return 0;
    }
  }
}

async function judgeAgain(path: string, out: string | null, outside: Outside): Promise<number> {
  const records = await readJournalFile(path);
  const judgement = judgeRun(records);
  const { columns, is_terminal } = outside.screen;
  outside.print(terminalReport(records, judgement, { columns, color: is_terminal }));
  if (out !== null) await leaveReport(out, { records, judgement }, outside);
  return judgement.exit_code;
}
