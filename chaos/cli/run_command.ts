/** `run` and `all`: run scenarios in turn, each with a live view, a verdict and a report. */
import { readJournalFile } from "../journal/mod.ts";
import { judgeRun } from "../judge/mod.ts";
import {
  attemptsText,
  type IndexedRun,
  indexPage,
  terminalReport,
  writeReport,
} from "../report/mod.ts";
import { runAndJudge, runId } from "../run/run_scenario.ts";
import { readSubjectFile, type Subject } from "../subject/mod.ts";
import { type Scenario, SEED_MAX } from "../vocabulary/mod.ts";
import { type RunFlags, UsageError } from "./arguments.ts";
import { runUntilConclusive } from "./attempts.ts";
import { LiveView } from "./live_view.ts";
import { NOT_RUN_EXIT_CODE, notRunJUnit, notRunnable } from "./not_run.ts";
import type { System } from "./system.ts";

/** Default folder of runs; not under version control. */
export const OUT_DIR = "out/chaos";

interface SeveralOptions {
  /** Name of the folder in {@link OUT_DIR} for several scenarios. */
  readonly name: string;
  /** Report scenarios that cannot run as not run, instead of refusing to start. */
  readonly skips: boolean;
}

/** Runs the scenarios and returns the exit code; an interrupt stops after the current run. */
export async function runScenarios(
  wanted: readonly Scenario[],
  flags: RunFlags,
  system: System,
  { name, skips }: SeveralOptions,
): Promise<number> {
  await checkEngine(flags.engine, system);
  const subject = flags.subject === null ? undefined : await readSubjectFile(flags.subject);
  const not_run = notRunnable(wanted, subject, system);
  const scenarios = wanted.filter((one) => !not_run.some(({ scenario }) => scenario === one));
  if (not_run.length > 0 && (!skips || scenarios.length === 0)) {
    throw new UsageError(
      not_run.map(({ scenario, reason }) => `${scenario.name}: ${reason}`).join("\n"),
    );
  }
  const seed = flags.seed ?? system.drawSeed(SEED_MAX);
  const several = wanted.length > 1;
  const first = scenarios[0].plan({ quick: flags.quick, seed });
  const out = flags.out ??
    `${OUT_DIR}/${runId(several ? { ...first, name } : first, system.now())}`;
  const names = folderNames(scenarios.map(({ name }) => name));
  const dirs = names.map((name) => several ? `${out}/${name}` : out);
  await makeFolders(dirs, system);
  const runs: IndexedRun[] = [];
  for (const [i, scenario] of scenarios.entries()) {
    if (system.interrupt.aborted) break;
    const one: OneRun = { flags, seed, subject, dir: dirs[i], system };
    const { records, judgement, dir, attempts } = await runRepeatedly(scenario, one);
    const below = (path: string) => path.slice(out.length + 1);
    runs.push({
      name: names[i],
      dir: below(dir),
      records,
      judgement,
      attempts: attempts.map((attempt) => ({ ...attempt, dir: below(attempt.dir) })),
    });
    if (several) await saveIndex(out, runs, system);
  }
  if (several) system.print(`${summaryLines(runs)}\n${out}/index.html\n`);
  for (const one of not_run) {
    system.print(`  ${one.scenario.name}  not run: ${one.reason}\n`);
    await system.writeFile(`${out}/${one.scenario.name}/junit.xml`, notRunJUnit(one));
  }
  const codes = runs.map(({ judgement }) => judgement.exit_code);
  const code = worstOf([...codes, ...not_run.map(() => NOT_RUN_EXIT_CODE)]);
  return system.interrupt.aborted && code !== 3 ? system.interruptedCode() : code;
}

/** `["outage", "outage"]` → `["outage", "outage-2"]`: a scenario may run several times. */
export function folderNames(names: readonly string[]): string[] {
  return names.map((name, i) => {
    const nth = names.slice(0, i + 1).filter((other) => other === name).length;
    return nth === 1 ? name : `${name}-${nth}`;
  });
}

/** Reports a missing engine before anything starts. */
export async function checkEngine(engine: RunFlags["engine"], system: System): Promise<void> {
  if (engine === "embedded") return;
  if (engine === "real" && !system.hasRealToxiproxy()) {
    throw new UsageError(
      "--engine real: no Toxiproxy on PATH, installed or at TOXIPROXY_URL: run " +
        "deno task toxiproxy:install (needs Go), or use --engine embedded",
    );
  }
  const problem = await system.namedToxiproxyProblem();
  if (problem !== null) throw new UsageError(problem);
}

/** Makes the folders before anything starts, and never overwrites a run. */
async function makeFolders(dirs: readonly string[], system: System): Promise<void> {
  for (const dir of dirs) {
    if (!await system.exists(`${dir}/run.ndjson`)) continue;
    throw new UsageError(
      `--out: ${dir} already contains a run: choose another folder or remove it`,
    );
  }
  for (const dir of dirs) {
    await system.makeFolder(dir).catch((error: Error) => {
      throw new UsageError(
        `--out: cannot make the folder ${dir}: ${error.message}: choose another one`,
      );
    });
  }
}

export interface OneRun {
  readonly flags: RunFlags;
  readonly seed: number;
  readonly subject: Subject | undefined;
  readonly dir: string;
  /** Judge a run that the folder already contains, instead of running it. */
  readonly is_resumed?: boolean;
  readonly system: System;
}

/** Runs a scenario until its verdict is clear; the last run's report lists all of them. */
export async function runRepeatedly(scenario: Scenario, one: OneRun) {
  const { flags, system } = one;
  const done = await runUntilConclusive({
    dir: one.dir,
    retries: flags.retries,
    run: (dir) => runOne(scenario, { ...one, dir }),
    isInterrupted: () => system.interrupt.aborted,
    onRepeat: (again, { verdict }) =>
      system.print(`\n${scenario.name}: ${verdict}, repeating (${again} of ${flags.retries})\n`),
  });
  if (done.attempts.length > 1) {
    system.print(`\n${scenario.name}: ${attemptsText(done)}\n`);
    await saveReport(done.dir, done, system);
  }
  return done;
}

async function runOne(scenario: Scenario, one: OneRun) {
  const { flags, seed, subject, dir, system } = one;
  if (one.is_resumed && await system.exists(`${dir}/run.ndjson`)) return await recordedRun(dir);
  const plan = scenario.plan({ quick: flags.quick, seed });
  const view = new LiveView(plan, system.screen);
  const run = await runAndJudge(plan, {
    subject,
    seed,
    dir,
    engine: flags.engine,
    interrupt: system.interrupt,
    onRecord: (record) => view.see(record),
    onStep: (step, t_ms) => view.step(step, t_ms),
  });
  view.end();
  const { columns, is_terminal } = system.screen;
  system.print(terminalReport(run.records, run.judgement, { columns, color: is_terminal }));
  await saveReport(dir, run, system);
  return run;
}

/** A run that was recorded before. Throws {@link UsageError} if it was interrupted. */
async function recordedRun(dir: string) {
  const records = await readJournalFile(dir);
  const judgement = judgeRun(records);
  if (!records.some((record) => record.kind === "trouble" && record.what === "interrupted")) {
    return { records, judgement };
  }
  throw new UsageError(`--out: the run in ${dir} was interrupted: remove it to run it again`);
}

function summaryLines(runs: readonly IndexedRun[]): string {
  const width = Math.max(...runs.map(({ name }) => name.length));
  return runs.map((run) => {
    const { verdict, sentence } = run.judgement;
    const text = run.attempts.length > 1 ? attemptsText(run) : verdict;
    return `  ${run.name.padEnd(width)}  ${text}${verdict === "held" ? "" : `: ${sentence}`}`;
  }).join("\n");
}

/** Exit codes from best to worst: held, inconclusive, broken, rollback failed. */
const ORDER: readonly number[] = [0, 2, 1, 3];

/** `worstOf([0, 2, 1])` is 1. */
export function worstOf(codes: readonly number[]): number {
  return ORDER[Math.max(0, ...codes.map((code) => ORDER.indexOf(code)))];
}

/** Writes the report and prints its file names. A failure does not change the verdict. */
export async function saveReport(
  dir: string,
  { records, judgement, attempts }:
    & Pick<IndexedRun, "records" | "judgement">
    & Partial<Pick<IndexedRun, "attempts">>,
  system: System,
): Promise<void> {
  try {
    const files = await writeReport(dir, records, judgement, attempts);
    system.print(files.map((file) => `  ${file}\n`).join(""));
  } catch (error) {
    system.printError(`Cannot write the report to ${dir}: ${(error as Error).message}`);
  }
}

async function saveIndex(dir: string, runs: readonly IndexedRun[], system: System): Promise<void> {
  const path = `${dir}/index.html`;
  await system.writeFile(path, await indexPage(runs)).catch((error: Error) =>
    system.printError(`Cannot write ${path}: ${error.message}`)
  );
}
