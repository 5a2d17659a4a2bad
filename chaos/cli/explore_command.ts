/** `explore`: runs drawn timelines, prints each in one line, and keeps what was broken. */
import {
  coverageOf,
  type DrawnTimeline,
  explore,
  type Finding,
  type LedgerEntry,
  ledgerText,
  type Outcome,
  readLedger,
  REPEATED_RUNS,
  scenarioOf,
  scenarioText,
  settingsOf,
  trialsOf,
  wordsOf,
} from "../explore/mod.ts";
import { EXIT_CODES } from "../judge/mod.ts";
import { runAndJudge } from "../run/run_scenario.ts";
import { METRICS_SERVER, readSubjectFile, reasonNotToRun, type Subject } from "../subject/mod.ts";
import { durationText, SEED_MAX, SETTINGS_DEFAULT } from "../vocabulary/mod.ts";
import { writeReport } from "../report/mod.ts";
import { type ExploreLimits, type RunFlags } from "./arguments.ts";
import { runUntilConclusive } from "./attempts.ts";
import { checkEngine, worstOf } from "./run_command.ts";
import type { System } from "./system.ts";

const OUT_DIR = "out/explore";
const LEDGER = `${OUT_DIR}/ledger.ndjson`;
const COVERAGE = `${OUT_DIR}/coverage.md`;

/** Runs one plan of the lab; tests pass a fake. */
export type RunOne = typeof runAndJudge;

export async function exploreCommand(
  limits: ExploreLimits,
  flags: RunFlags,
  system: System,
  runOne: RunOne = runAndJudge,
): Promise<number> {
  await checkEngine(flags.engine, system);
  const subject = flags.subject === null ? undefined : await readSubjectFile(flags.subject);
  const seed = flags.seed ?? system.drawSeed(SEED_MAX);
  const started = system.now();
  const over_ms = started.getTime() + limits.minutes * 60_000;
  const isOver = () => system.interrupt.aborted || system.now().getTime() >= over_ms;
  const stamp = started.toISOString().replace(/[-:]|\.\d+/g, "");
  const out = flags.out ?? `${OUT_DIR}/${stamp}-${seed}`;
  const kept = readLedger(await system.readFile(LEDGER) ?? "");
  const added: LedgerEntry[] = [];
  // With --seed the draws must not depend on earlier runs.
  const coverage = coverageOf(flags.seed === null ? kept : []);
  let runs = 0;
  system.print(`explore: seed ${seed}, ${limitText(limits)}\n`);
  const outcomes = await explore({
    seed,
    runs_max: limits.runs,
    coverage,
    isOver,
    accepts: (timeline) => canRun(timeline, subject, system),
    run: (timeline) =>
      runTimeline(timeline, `${out}/run-${++runs}`, { flags, subject, system, runOne }),
    async onRun(n, timeline, outcome) {
      system.print(`${runLine(n, timeline, outcome)}\n`);
      added.push({
        seed: timeline.seed,
        verdict: outcome.verdict,
        trials: trialsOf(timeline),
      });
      await save(system, LEDGER, ledgerText([...kept, ...added]));
    },
    onMore: (what, timeline, { verdict, sentence }) =>
      system.print(
        `      ${what}  ${verdict}${verdict === "held" ? "" : `: ${sentence}`}` +
          `${what === "again" ? "" : `  ${faultsText(timeline)}`}\n`,
      ),
    onKnown: (_, { smallest }) => system.print(`      as found before: ${faultsText(smallest)}\n`),
    onFinding: (finding) => keep(finding, system),
  });
  const all = coverageOf([...kept, ...added]);
  await save(system, COVERAGE, all.markdown());
  system.print(`\n${all.text()}\n${COVERAGE}\n${summary(outcomes)}\n`);
  const code = worstOf(outcomes.map(({ verdict }) => EXIT_CODES[verdict]));
  return system.interrupt.aborted && code !== 3 ? system.interruptedCode() : code;
}

interface Lab {
  readonly flags: RunFlags;
  readonly subject: Subject | undefined;
  readonly system: System;
  readonly runOne: RunOne;
}

/** Runs the timeline's short version. A held run leaves no folder. */
async function runTimeline(
  timeline: DrawnTimeline,
  dir: string,
  { flags, subject, system, runOne }: Lab,
): Promise<Outcome> {
  const { seed } = timeline;
  const plan = scenarioOf(timeline).plan({ quick: true, seed });
  const done = await runUntilConclusive({
    dir,
    retries: flags.retries,
    run: (dir) =>
      runOne(plan, { subject, seed, dir, engine: flags.engine, interrupt: system.interrupt }),
    isInterrupted: () => system.interrupt.aborted,
    onRepeat: () => {},
  });
  const { judgement, records } = done;
  const { verdict, sentence, conditions } = judgement;
  if (verdict === "held") await system.removeFolder(dir);
  else await writeReport(done.dir, records, judgement, done.attempts);
  const broken = conditions.find((one) => one.verdict === "broken" && one.doubt === null);
  const promise = verdict !== "broken" ? "" : broken?.condition.measure ?? "subject ended";
  return { verdict, promise, sentence, dir: done.dir };
}

/** Whether programs that the timeline needs are there. */
function canRun(timeline: DrawnTimeline, subject: Subject = METRICS_SERVER, system: System) {
  const settings = { ...SETTINGS_DEFAULT, ...settingsOf(timeline) };
  return reasonNotToRun(settings, subject, system.isOnPath) === null;
}

/** Writes the smallest broken timeline as a scenario, beside the journal of its broken run. */
async function keep(finding: Finding, system: System): Promise<void> {
  const { smallest, smallest_outcome: { dir, sentence }, broken, runs } = finding;
  const rate = `broken in ${broken} of ${runs} runs`;
  const path = `${dir}/scenario.ts`;
  const text = `${rate}: ${sentence}`;
  await save(system, path, scenarioText(smallest, { text, chaos: chaosFrom(dir) }));
  const size = finding.shrink_runs === 0
    ? runs < REPEATED_RUNS ? "the time was up" : "too flaky to shrink"
    : `shrunk in ${finding.shrink_runs} tries${
      finding.is_minimal ? "" : ", perhaps not the smallest"
    }`;
  system.print(`      ${rate}, ${size}: ${faultsText(smallest)}\n      ${path}\n`);
}

/** Path of the lab's folder from a folder; absolute for an absolute folder. */
function chaosFrom(dir: string): string {
  if (dir.startsWith("/")) {
    return decodeURIComponent(new URL("..", import.meta.url).pathname).replace(/\/$/, "");
  }
  return `${"../".repeat(dir.split("/").length)}chaos`;
}

async function save(system: System, path: string, text: string): Promise<void> {
  await system.writeFile(path, text).catch((error: Error) =>
    system.printError(`Cannot write ${path}: ${error.message}`)
  );
}

const MARKS = { "held": "✓", "broken": "✗", "inconclusive": "?", "rollback failed": "!" };

function runLine(n: number, timeline: DrawnTimeline, { verdict, sentence, dir }: Outcome): string {
  const first = `${String(n).padStart(4)}  ${MARKS[verdict]} ${verdict.padEnd(12)}  ` +
    `seed ${String(timeline.seed).padEnd(10)}  ${faultsText(timeline)}`;
  return verdict === "held" ? first : `${first}\n      ${sentence}\n      ${dir}`;
}

/** `refuse("source") 0–2.1 s, cpu({ … }) 1–3 s; store redis, 3 subjects`. */
function faultsText(timeline: DrawnTimeline): string {
  const faults = timeline.faults.map((fault) =>
    `${wordsOf(fault)} ${fault.at_ms / 1000}–${durationText(fault.at_ms + fault.for_ms)}`
  );
  const { subjects = 1, store = "none", front = "none" } = settingsOf(timeline);
  const settings = [
    ...(timeline.cold_start ? ["cold start"] : []),
    ...(store === "none" ? [] : [`store ${store}`]),
    ...(subjects === 1 ? [] : [`${subjects} subjects`]),
    ...(front === "none" ? [] : [`front ${front}`]),
  ];
  return faults.join(", ") + (settings.length === 0 ? "" : `; ${settings.join(", ")}`);
}

const limitText = ({ minutes, runs }: ExploreLimits) => `at most ${minutes} min and ${runs} runs`;

function summary(outcomes: readonly Outcome[]): string {
  const count = (verdict: Outcome["verdict"]) =>
    outcomes.filter((one) => one.verdict === verdict).length;
  return `${outcomes.length} runs: ${count("held")} held, ${count("broken")} broken, ` +
    `${count("inconclusive")} inconclusive`;
}
