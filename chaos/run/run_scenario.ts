/** Runs a plan with its own folder and journal, and judges it. */
import type { EngineChoice } from "../../tools/toxiproxy/mod.ts";
import { type Judgement, judgeRun } from "../judge/mod.ts";
import {
  type JournalFile,
  type JournalRecord,
  JournalWriter,
  openJournalFile,
} from "../journal/mod.ts";
import { METRICS_SERVER, secretsOfSubject, type Subject, usesStore } from "../subject/mod.ts";
import type { Measure, ScenarioPlan } from "../vocabulary/mod.ts";
import { DEFAULT_ENGINES, type Engines } from "./lab.ts";
import { runPlan } from "./run_plan.ts";

export interface RunScenarioOptions {
  /** Default: metrics_server. */
  readonly subject?: Subject;
  /** Default: the real Toxiproxy if it is installed, else the embedded one. */
  readonly engine?: EngineChoice;
  /** Default 1. */
  readonly seed?: number;
  /** Folder for `run.ndjson`; default: a temporary folder, removed after the verdict. */
  readonly dir?: string;
  readonly onRecord?: (record: JournalRecord) => void;
  /** Called before each step of the preflight. */
  readonly onStep?: (step: string, t_ms: number) => void;
  /** Ends the run early; the journal records its reason. */
  readonly interrupt?: AbortSignal;
  /** Default: the real ones. */
  readonly engines?: Engines;
  /** Called if the journal cannot be written; default: prints to stderr. */
  readonly onJournalBroken?: (detail: string) => void;
  /** Journal file instead of the one in `dir`. */
  readonly file?: JournalFile;
}

export interface FinishedRun {
  readonly run_id: string;
  readonly records: readonly JournalRecord[];
  readonly judgement: Judgement;
}

/** Measures that need samples of processes, which only Linux has in /proc. */
const OF_PROCESSES: readonly Measure[] = [
  "sockets_per_poll",
  "memory_mb_per_poll",
  "memory_mb_per_1000",
  "block_ms",
];

/** The plan for this subject: with its replicas, and without conditions that cannot be measured. */
function planFor(given: ScenarioPlan, subject: Subject): ScenarioPlan {
  const has_block = subject.probes.stats !== null &&
    subject.poller.event_loop_block_max_ms !== null;
  const conditions = given.conditions.filter(({ measure }) =>
    (Deno.build.os === "linux" || !OF_PROCESSES.includes(measure)) &&
    (has_block || measure !== "block_ms")
  );
  return withReplicas({ ...given, conditions }, subject);
}

/** The plan with at least as many replicas as the subject file demands, and their store. */
export function withReplicas(plan: ScenarioPlan, subject: Subject): ScenarioPlan {
  const { settings } = plan;
  if (subject.replicas <= settings.subjects) return plan;
  const store = usesStore(subject) ? "redis" : settings.store;
  return { ...plan, settings: { ...settings, subjects: subject.replicas, store } };
}

export async function runAndJudge(
  given: ScenarioPlan,
  options: RunScenarioOptions = {},
): Promise<FinishedRun> {
  const { seed = 1, dir, subject = METRICS_SERVER } = options;
  const plan = planFor(given, subject);
  const run_id = runId(plan, new Date());
  // Holds the load's samples during the run, even if the disk of `dir` is full.
  const work_dir = await Deno.makeTempDir({ prefix: "chaos-" });
  const origin_ms = performance.now();
  const started_at_ms = Date.now();
  const now = () => performance.now() - origin_ms;
  try {
    const unwritten = new AbortController();
    const onBroken = options.onJournalBroken ?? printError;
    if (dir !== undefined) await Deno.mkdir(dir, { recursive: true });
    using journal = new JournalWriter({
      file: options.file ?? openJournalFile(`${dir ?? work_dir}/run.ndjson`),
      secrets: secretsOfSubject(options.subject, plan.settings.subject_env),
      now,
      onBroken: (detail) => {
        onBroken(detail);
        unwritten.abort("the journal cannot be written");
      },
      onRecord: options.onRecord,
    });
    await runPlan(plan, {
      run_id,
      seed,
      now,
      started_at_ms,
      journal,
      dir: work_dir,
      engines: options.engines ?? DEFAULT_ENGINES,
      subject: options.subject,
      engine: options.engine,
      onStep: options.onStep,
      interrupt: AbortSignal.any([unwritten.signal, options.interrupt ?? []].flat()),
    });
    journal.flush(); // reports a write error before the verdict
    return { run_id, records: journal.records, judgement: judgeRun(journal.records) };
  } finally {
    await Deno.remove(work_dir, { recursive: true });
  }
}

/** `outage-quick-20261124T002153Z`; the runs of a scenario sort by time. */
export function runId({ name, quick }: ScenarioPlan, now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${name}${quick ? "-quick" : ""}-${time}`;
}

function printError(detail: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${detail}\n`));
}
