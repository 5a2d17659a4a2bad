/** `compare-subjects`: the same scenarios with several subjects, and one table. */
import { runProcess } from "../../tools/processes/mod.ts";
import { describeMachine, machineLine } from "../../tools/verdict/mod.ts";
import {
  type ComparedSubject,
  type Comparison,
  comparisonMarkdown,
  comparisonPage,
} from "../report/mod.ts";
import { METRICS_SERVER, readSubjectFile, reasonNotToRun, type Subject } from "../subject/mod.ts";
import { type Scenario, SEED_MAX, type Settings } from "../vocabulary/mod.ts";
import { type RunFlags, UsageError } from "./arguments.ts";
import { checkEngine, OUT_DIR, runRepeatedly } from "./run_command.ts";
import { findScenarios } from "./scenario_files.ts";
import type { System } from "./system.ts";

const FOLDER = decodeURIComponent(new URL("../subjects/", import.meta.url).pathname);

/** metrics_server, and the names of files in chaos/subjects. */
const SUBJECTS = ["metrics_server", "fastapi", "prometheus", "varnish", "nginx", "haproxy"];

/** Faults that any program between source and clients may have. */
export const COMPARED_SCENARIOS = [
  "outage",
  "storm",
  "corrupt",
  "hang",
  "restart-in-outage",
  "cold-start",
  "cut-body",
  "resets",
  "latency",
];

/** The same for all, and for short versions. nginx and HAProxy count whole seconds. */
const SETTINGS: Partial<Settings> = {
  poll_ms: 1000,
  poll_timeout_ms: 1000,
  backoff_max_ms: 4000,
};

/** Length of the baseline, in milliseconds: enough polls to judge their rate. */
const BASELINE_MS_MIN = 7_000;

/** Longest time to print a version: FastAPI's first installs packages. */
const VERSION_MS_MAX = 180_000;

/**
 * Runs every scenario with every subject and returns the exit code: 0 if the table is complete, 2
 * if a subject was not run, 3 if a rollback failed. Verdicts are findings, not failures. Runs that
 * `--out` already contains are judged again instead of repeated.
 */
export async function compareSubjects(
  names: readonly string[] | null,
  flags: RunFlags,
  system: System,
  all: readonly Scenario[],
): Promise<number> {
  await checkEngine(flags.engine, system);
  const scenarios = (await findScenarios(COMPARED_SCENARIOS, all)).map(comparable);
  const subjects = await Promise.all((names ?? SUBJECTS).map(subjectNamed));
  const seed = flags.seed ?? system.drawSeed(SEED_MAX);
  const time = system.now().toISOString();
  const out = flags.out ?? `${OUT_DIR}/subjects-${time.replace(/[-:]|\.\d+/g, "")}`;
  const compared: (ComparedSubject & { subject: Subject; id: string })[] = [];
  for (const { id, subject } of subjects) {
    const version = await versionOf(subject);
    const not_run = version === null ? `not installed: ${subject.install}` : null;
    const { name, not_offered } = subject;
    compared.push({ id, subject, name, version, not_run, not_offered, runs: [] });
  }
  const comparison: Comparison = {
    subjects: compared,
    scenarios: COMPARED_SCENARIOS,
    about: `${flags.quick ? "short versions, " : ""}seed ${seed}, started ${time}; ` +
      machineLine(describeMachine()),
  };
  for (const scenario of scenarios) {
    for (const { id, subject, not_run, runs } of compared) {
      if (not_run !== null || system.interrupt.aborted) continue;
      const { settings } = scenario.plan({ quick: flags.quick, seed });
      const reason = reasonNotToRun(settings, subject, system.isOnPath);
      if (reason !== null) {
        runs.push({ scenario: scenario.name, dir: "", judgement: null, reason });
        continue;
      }
      system.print(`\n${subject.name}: ${scenario.name}\n`);
      const dir = `${id}/${scenario.name}`;
      await system.makeFolder(`${out}/${dir}`);
      const one = { flags, seed, subject, dir: `${out}/${dir}`, is_resumed: true, system };
      const done = await runRepeatedly(scenario, one);
      const below = done.dir.slice(out.length + 1);
      runs.push({ scenario: scenario.name, dir: below, judgement: done.judgement, reason: null });
    }
    await system.writeFile(`${out}/compare.md`, comparisonMarkdown(comparison));
    await system.writeFile(`${out}/index.html`, await comparisonPage(comparison));
  }
  system.print(`\n${comparisonMarkdown(comparison)}\n${out}/index.html\n${out}/compare.md\n`);
  return exitCode(comparison, system);
}

function exitCode({ subjects }: Comparison, system: System): number {
  const codes = subjects.flatMap(({ runs }) => runs.map(({ judgement }) => judgement?.exit_code));
  if (codes.includes(3)) return 3;
  if (system.interrupt.aborted) return system.interruptedCode();
  return codes.includes(undefined) || subjects.some(({ not_run }) => not_run !== null) ? 2 : 0;
}

/** The scenario with the settings of the comparison, to its end even if most requests fail. */
function comparable(scenario: Scenario): Scenario {
  return {
    ...scenario,
    plan(options) {
      const plan = scenario.plan({ ...options, settings: SETTINGS });
      return { ...plan, baseline_ms: Math.max(BASELINE_MS_MIN, plan.baseline_ms), abort: null };
    },
  };
}

async function subjectNamed(name: string): Promise<{ id: string; subject: Subject }> {
  if (name === "metrics_server") return { id: name, subject: METRICS_SERVER };
  const is_path = name.includes("/") || name.endsWith(".json");
  if (!is_path && !SUBJECTS.includes(name)) {
    throw new UsageError(
      `--subjects=${name}: must be a subject file or one of ${SUBJECTS.join(", ")}`,
    );
  }
  const subject = await readSubjectFile(is_path ? name : `${FOLDER}${name}.json`);
  return { id: name.replace(/^.*\/|\.json$/g, ""), subject };
}

/** The first version number that the program prints; empty without a command for it, else null. */
export async function versionOf({ version, cwd }: Subject): Promise<string | null> {
  if (version === null) return "";
  const ran = await runProcess(version, { cwd, run_ms_max: VERSION_MS_MAX }).catch(() => null);
  if (ran === null || ran.code !== 0) return null;
  return /\d+\.\d[\w.+-]*/.exec(ran.stdout + ran.stderr)?.[0] ?? "";
}
