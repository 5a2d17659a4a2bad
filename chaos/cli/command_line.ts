/** Runs the commands of the lab. */
import { JournalError, readJournalFile } from "../journal/mod.ts";
import { judgeRun } from "../judge/mod.ts";
import { compareRuns, terminalReport } from "../report/mod.ts";
import { CI_SCENARIOS, SCENARIOS } from "../scenarios/mod.ts";
import { SubjectFileError } from "../subject/mod.ts";
import { BAD_SCENARIO_EXIT_CODE, type Scenario, ScenarioError } from "../vocabulary/mod.ts";
import { exploreCommand } from "./explore_command.ts";
import { readArguments, USAGE, UsageError } from "./arguments.ts";
import { compareSubjects } from "./compare_subjects.ts";
import { runScenarios, saveReport } from "./run_command.ts";
import { findScenarios } from "./scenario_files.ts";
import type { System } from "./system.ts";
import { planText } from "./plan_text.ts";

/** User errors: one line, no stack trace. */
const BAD_INPUT = [UsageError, ScenarioError, SubjectFileError, JournalError];

/** The lab itself failed (EX_SOFTWARE of sysexits.h); 1 would mean a broken claim. */
const LAB_FAILED_EXIT_CODE = 70;

/** Scenarios of the commands. */
interface Known {
  readonly all: readonly Scenario[];
  /** The scenarios of `--set ci`. */
  readonly ci: readonly Scenario[];
}

/** Runs a command and returns its exit code; never throws. */
export async function runCommandLine(
  args: readonly string[],
  system: System,
  known: Known = { all: SCENARIOS, ci: CI_SCENARIOS },
): Promise<number> {
  try {
    return await runCommand(args, system, known);
  } catch (error) {
    if (BAD_INPUT.some((kind) => error instanceof kind)) {
      system.printError((error as Error).message);
      return BAD_SCENARIO_EXIT_CODE;
    }
    system.printError(`The lab itself failed: ${error instanceof Error ? error.stack : error}`);
    return LAB_FAILED_EXIT_CODE;
  }
}

async function runCommand(args: readonly string[], system: System, known: Known): Promise<number> {
  const parsed = readArguments(args);
  switch (parsed.command) {
    case "help":
      system.print(`${USAGE}\n`);
      return 0;
    case "list": {
      const width = Math.max(...known.all.map(({ name }) => name.length));
      system.print(
        known.all.map(({ name, question }) => `${name.padEnd(width)}  ${question}\n`).join(""),
      );
      return 0;
    }
    case "plan": {
      const [scenario] = await findScenarios([parsed.name], known.all);
      const { quick, seed } = parsed.flags;
      system.print(planText(scenario.plan({ quick, seed: seed ?? 1 })));
      return 0;
    }
    case "run": {
      const scenarios = await findScenarios(parsed.names, known.all);
      return await runScenarios(scenarios, parsed.flags, system, { name: "several", skips: false });
    }
    case "all": {
      const scenarios = parsed.set === "ci" ? known.ci : known.all;
      return await runScenarios(scenarios, parsed.flags, system, { name: parsed.set, skips: true });
    }
    case "explore":
      return await exploreCommand(parsed.limits, parsed.flags, system);
    case "compare-subjects":
      return await compareSubjects(parsed.subjects, parsed.flags, system, known.all);
    case "judge":
      return await judgeAgain(parsed.path, parsed.out, system);
    case "compare": {
      const [before, after] = await Promise.all(parsed.paths.map(async (path) => {
        const records = await readJournalFile(path);
        return { records, judgement: judgeRun(records) };
      }));
      system.print(compareRuns(before, after));
      return 0;
    }
  }
}

async function judgeAgain(path: string, out: string | null, system: System): Promise<number> {
  const records = await readJournalFile(path);
  const judgement = judgeRun(records);
  const { columns, is_terminal } = system.screen;
  system.print(terminalReport(records, judgement, { columns, color: is_terminal }));
  if (out !== null) await saveReport(out, { records, judgement }, system);
  return judgement.exit_code;
}
