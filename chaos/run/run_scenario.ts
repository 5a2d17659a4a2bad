/** One run with everything around it: its folder, its journal, its verdict. */
import { type Judgement, judgeRun } from "../judge/mod.ts";
import {
  type JournalFile,
  type JournalRecord,
  JournalWriter,
  openJournalFile,
} from "../journal/mod.ts";
import type { Subject } from "../subject/mod.ts";
import type { ScenarioPlan } from "../vocabulary/mod.ts";
import { DEFAULT_ENGINES, type EngineChoice, type Engines } from "./engines.ts";
import { runPlan } from "./run_plan.ts";

/** How a plan is run. */
export interface RunScenarioOptions {
  /** Default metrics_server. */
  readonly subject?: Subject;
  /** Default the real Toxiproxy where there is one, else the embedded. */
  readonly engine?: EngineChoice;
  /** Default 1. */
  readonly seed?: number;
  /** Folder for `run.ndjson`; default a temporary one that is removed after the verdict. */
  readonly dir?: string;
  readonly onRecord?: (record: JournalRecord) => void;
  /** Told what the preflight does next, and when in the run. */
  readonly onStep?: (step: string, t_ms: number) => void;
  /** Ends the run early; its reason is told in the journal. */
  readonly interrupt?: AbortSignal;
  /** Default the real ones. */
  readonly engines?: Engines;
  /** Told when the journal cannot be written; default on stderr. */
  readonly onJournalBroken?: (detail: string) => void;
  /** Where the journal goes instead of into `dir`. */
  readonly file?: JournalFile;
}

/** A run that is over. */
export interface FinishedRun {
  readonly run_id: string;
  readonly records: readonly JournalRecord[];
  readonly judgement: Judgement;
}

/** Runs the plan and judges what was recorded. */
export async function runAndJudge(
  plan: ScenarioPlan,
  options: RunScenarioOptions = {},
): Promise<FinishedRun> {
  const { seed = 1, dir } = options;
  const run_id = runId(plan, new Date());
  // Samples of the load are written here meanwhile, also where the journal's folder is full.
  const work_dir = await Deno.makeTempDir({ prefix: "chaos-" });
  const origin_ms = performance.now();
  const started_at_ms = Date.now();
  const now = () => performance.now() - origin_ms;
  try {
    const given = options.interrupt === undefined ? [] : [options.interrupt];
    const unwritten = new AbortController();
    const onBroken = options.onJournalBroken ?? tellOnStderr;
    if (dir !== undefined) await Deno.mkdir(dir, { recursive: true });
    using journal = new JournalWriter({
      file: options.file ?? openJournalFile(`${dir ?? work_dir}/run.ndjson`),
      now,
      onBroken: (detail) => {
        onBroken(detail);
        unwritten.abort("the journal cannot be written"); // nobody could check the rest
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
      interrupt: AbortSignal.any([unwritten.signal, ...given]),
    });
    journal.flush(); // what cannot be written has to be known before the verdict
    return { run_id, records: journal.records, judgement: judgeRun(journal.records) };
  } finally {
    await Deno.remove(work_dir, { recursive: true });
  }
}

/** `outage-quick-20261124T002153Z`: sorts by time within a scenario. */
export function runId({ name, quick }: ScenarioPlan, now: Date): string {
  const time = now.toISOString().replace(/[-:]|\.\d+/g, "");
  return `${name}${quick ? "-quick" : ""}-${time}`;
}

function tellOnStderr(detail: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${detail}\n`));
}
