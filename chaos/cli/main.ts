/** `deno task chaos`: what the network breaks and what the services make of it, with evidence. */
import { onStopSignal, type StopSignal } from "../../platform/mod.ts";
import { JournalError, readJournalFile } from "../journal/mod.ts";
import { judgeRun } from "../judge/mod.ts";
import { terminalReport, writeReport } from "../report/mod.ts";
import { compareRuns } from "./several_runs.ts";
import { CI_SCENARIOS, SCENARIOS } from "../scenarios/mod.ts";
import { SubjectFileError } from "../subject/mod.ts";
import { BAD_SCENARIO_EXIT_CODE, ScenarioError } from "../vocabulary/mod.ts";
import { readArguments, USAGE, UsageError } from "./arguments.ts";
import type { Outside } from "./outside.ts";
import { planText } from "./plan_text.ts";
import { findScenarios, runScenarios } from "./run_command.ts";

/** Columns where nobody says how many there are. */
const COLUMNS_DEFAULT = 100;

async function main(args: readonly string[], outside: Outside): Promise<number> {
  const asked = readArguments(args);
  switch (asked.command) {
    case "help":
      outside.print(`${USAGE}\n`);
      return 0;
    case "list": {
      const width = Math.max(...SCENARIOS.map(({ name }) => name.length));
      outside.print(
        SCENARIOS.map(({ name, question }) => `${name.padEnd(width)}  ${question}\n`).join(""),
      );
      return 0;
    }
    case "plan": {
      const found = findScenarios([asked.name], SCENARIOS, outside);
      if (typeof found === "number") return found;
      const { quick, seed } = asked.flags;
      outside.print(planText(found[0].plan({ quick, seed: seed ?? 1 })));
      return 0;
    }
    case "run": {
      const found = findScenarios(asked.names, SCENARIOS, outside);
      if (typeof found === "number") return found;
      return await runScenarios(found, asked.flags, outside, "several");
    }
    case "all":
      return await runScenarios(
        asked.set === "ci" ? CI_SCENARIOS : SCENARIOS,
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
  if (out !== null) outside.print(`  ${(await writeReport(out, records, judgement)).join("  ")}\n`);
  return judgement.exit_code;
}

function outsideOf(): Outside {
  const encoder = new TextEncoder();
  const write = (stream: typeof Deno.stdout | typeof Deno.stderr, text: string) => {
    const bytes = encoder.encode(text);
    try {
      for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
    } catch (error) {
      // A reader that has gone away must not keep faults from being lifted.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  };
  const interrupt = new AbortController();
  let came: StopSignal | null = null;
  onStopSignal().then((signal) => {
    came = signal;
    interrupt.abort(signal);
  });
  const is_terminal = Deno.stdout.isTerminal();
  const columns = is_terminal ? Deno.consoleSize().columns : COLUMNS_DEFAULT;
  return {
    screen: { is_terminal, columns, write: (text) => write(Deno.stdout, text) },
    interrupt: interrupt.signal,
    interruptedCode: () => came === "SIGTERM" ? 143 : 130,
    now: () => new Date(),
    drawSeed: (max) => crypto.getRandomValues(new Uint32Array(1))[0] % (max + 1),
    print: (text) => write(Deno.stdout, text),
    complain: (line) => write(Deno.stderr, `${line}\n`),
    exists: (path) => Deno.stat(path).then(() => true, () => false),
    async writeFile(path, text) {
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(path, text);
    },
  };
}

const BAD_INPUT = [
  UsageError,
  ScenarioError,
  SubjectFileError,
  JournalError,
  Deno.errors.NotFound,
  Deno.errors.AlreadyExists,
  Deno.errors.NotADirectory,
  Deno.errors.PermissionDenied,
];

if (import.meta.main) {
  const outside = outsideOf();
  let code: number;
  try {
    code = await main(Deno.args, outside);
  } catch (error) {
    if (!BAD_INPUT.some((kind) => error instanceof kind)) throw error;
    outside.complain((error as Error).message);
    code = BAD_SCENARIO_EXIT_CODE;
  }
  Deno.exit(code);
}
