/** `run` and `all`: runs scenarios one after the other, each with its view, verdict and report. */
import { type IndexedRun, indexPage, terminalReport, writeReport } from "../report/mod.ts";
import { runAndJudge, runId } from "../run/run_scenario.ts";
import { readSubjectFile, type Subject } from "../subject/mod.ts";
import { BAD_SCENARIO_EXIT_CODE, type Scenario } from "../vocabulary/mod.ts";
import { type RunFlags, SEED_MAX, UsageError } from "./arguments.ts";
import { LiveView } from "./live_view.ts";
import type { Outside } from "./outside.ts";

/** Where runs go that are given no folder; not under version control. */
export const OUT_DIR = "out/chaos";

/**
 * Runs the scenarios and returns the exit code. What has been asked to stop starts no further one.
 *
 * @param name Of the whole: a folder below {@link OUT_DIR} where there are several.
 */
export async function runScenarios(
  scenarios: readonly Scenario[],
  flags: RunFlags,
  outside: Outside,
  name: string,
): Promise<number> {
  await refuseEngineNotThere(flags.engine, outside);
  const subject = flags.subject === null ? undefined : await readSubjectFile(flags.subject);
  const seed = flags.seed ?? outside.drawSeed(SEED_MAX);
  const several = scenarios.length > 1;
  const first = scenarios[0].plan({ quick: flags.quick, seed });
  const out = flags.out ??
    `${OUT_DIR}/${runId(several ? { ...first, name } : first, outside.now())}`;
  const names = folderNames(scenarios.map(({ name }) => name));
  const dirs = names.map((name) => several ? `${out}/${name}` : out);
  await makeFolders(dirs, outside);
  const runs: IndexedRun[] = [];
  for (const [i, scenario] of scenarios.entries()) {
    if (outside.interrupt.aborted) break;
    const asked: OneRun = { flags, seed, subject, dir: dirs[i], outside };
    const { records, judgement, dir } = await runUntilItSays(scenario, asked);
    runs.push({ name: names[i], dir: dir.slice(out.length + 1), records, judgement });
    if (several) await leaveIndex(out, runs, outside);
  }
  if (several) outside.print(`${summaryLines(runs)}\n${out}/index.html\n`);
  const code = worstOf(runs.map(({ judgement }) => judgement.exit_code));
  return outside.interrupt.aborted && code !== 3 ? outside.interruptedCode() : code;
}

/** `["outage", "outage"]` → `["outage", "outage-2"]`: one name may be asked for several times. */
export function folderNames(names: readonly string[]): string[] {
  return names.map((name, i) => {
    const nth = names.slice(0, i + 1).filter((other) => other === name).length;
    return nth === 1 ? name : `${name}-${nth}`;
  });
}

/** What is demanded or named and not there is said before anything is started. */
async function refuseEngineNotThere(engine: RunFlags["engine"], outside: Outside): Promise<void> {
  if (engine === "embedded") return;
  if (engine === "real" && !outside.hasRealToxiproxy()) {
    throw new UsageError(
      "--engine real: no Toxiproxy on PATH, installed or at TOXIPROXY_URL: run " +
        "deno task toxiproxy:install (needs Go), or take --engine embedded",
    );
  }
  const problem = await outside.namedToxiproxyProblem();
  if (problem !== null) throw new UsageError(problem);
}

/** A run is never written over, and where there is no room for one is said before anything is started. */
async function makeFolders(dirs: readonly string[], outside: Outside): Promise<void> {
  for (const dir of dirs) {
    if (!await outside.exists(`${dir}/run.ndjson`)) continue;
    throw new UsageError(`--out: ${dir} holds a run already: name another folder or remove it`);
  }
  for (const dir of dirs) {
    await outside.makeFolder(dir).catch((error: Error) => {
      throw new UsageError(
        `--out: cannot make the folder ${dir}: ${error.message}: name another one`,
      );
    });
  }
}

interface OneRun {
  readonly flags: RunFlags;
  readonly seed: number;
  readonly subject: Subject | undefined;
  readonly dir: string;
  readonly outside: Outside;
}

/** Runs it, and again where nothing but the machine's noise kept it from saying anything. */
async function runUntilItSays(scenario: Scenario, asked: OneRun) {
  const { flags, outside } = asked;
  for (let again = 0;; again++) {
    const dir = again === 0 ? asked.dir : `${asked.dir}/again-${again}`;
    const run = await runOne(scenario, { ...asked, dir });
    if (again >= flags.retries || outside.interrupt.aborted || !saysTooLittle(run)) {
      return { ...run, dir };
    }
    outside.print(
      `\n${scenario.name}: inconclusive, run again (${again + 1} of ${flags.retries})\n`,
    );
  }
}

/** Inconclusive, and not because something of the lab's failed: that would only fail again. */
export function saysTooLittle(
  { records, judgement }: Pick<IndexedRun, "records" | "judgement">,
): boolean {
  return judgement.verdict === "inconclusive" && !records.some(({ kind }) => kind === "trouble");
}

async function runOne(scenario: Scenario, { flags, seed, subject, dir, outside }: OneRun) {
  const plan = scenario.plan({ quick: flags.quick, seed });
  const view = new LiveView(plan, outside.screen);
  const run = await runAndJudge(plan, {
    subject,
    seed,
    dir,
    engine: flags.engine,
    interrupt: outside.interrupt,
    onRecord: (record) => view.see(record),
    onStep: (step, t_ms) => view.step(step, t_ms),
  });
  view.end();
  const { columns, is_terminal } = outside.screen;
  outside.print(terminalReport(run.records, run.judgement, { columns, color: is_terminal }));
  await leaveReport(dir, run, outside);
  return run;
}

function summaryLines(runs: readonly IndexedRun[]): string {
  const width = Math.max(...runs.map(({ name }) => name.length));
  return runs.map(({ name, judgement }) =>
    `  ${name.padEnd(width)}  ${judgement.verdict}${
      judgement.verdict === "held" ? "" : `: ${judgement.sentence}`
    }`
  ).join("\n");
}

/** Scenarios by name; where one is not known, the exit code after saying so. */
export function findScenarios(
  names: readonly string[],
  all: readonly Scenario[],
  outside: Outside,
): readonly Scenario[] | number {
  const found = names.map((name) => all.find((one) => one.name === name));
  const unknown = names.filter((_, i) => found[i] === undefined);
  if (unknown.length > 0) {
    outside.complain(`${unknown.join(", ")}: no such scenario; see deno task chaos list`);
    return BAD_SCENARIO_EXIT_CODE;
  }
  return found as Scenario[];
}

/** From good to bad: what is broken outweighs what nobody knows, and what is left behind both. */
const ORDER: readonly number[] = [0, 2, 1, 3];

/**
 * ```ts
 * worstOf([0, 2, 1]); // 1
 * ```
 */
export function worstOf(codes: readonly number[]): number {
  return codes.reduce(
    (worst, code) => ORDER.indexOf(code) > ORDER.indexOf(worst) ? code : worst,
    0,
  );
}

/** Writes the report's files and names them, or says why there are none. */
export async function leaveReport(
  dir: string,
  { records, judgement }: Pick<IndexedRun, "records" | "judgement">,
  outside: Outside,
): Promise<void> {
  try {
    const files = await writeReport(dir, records, judgement);
    outside.print(files.map((file) => `  ${file}\n`).join(""));
  } catch (error) {
    outside.complain(`Cannot write the report to ${dir}: ${(error as Error).message}`);
  }
}

/** The same for the page that leads to the runs. */
export async function leaveIndex(
  dir: string,
  runs: readonly IndexedRun[],
  outside: Outside,
): Promise<void> {
  try {
    await outside.writeFile(`${dir}/index.html`, await indexPage(runs));
  } catch (error) {
    outside.complain(`Cannot write ${dir}/index.html: ${(error as Error).message}`);
  }
}
