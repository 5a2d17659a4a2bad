/** Repeats an inconclusive scenario, and decides on one verdict from all of its runs. */
import type { FinishedRun } from "../run/run_scenario.ts";
import type { Attempt } from "../report/mod.ts";

/** Held runs in a row that are needed after a run that the machine does not explain. */
const HELD_AFTER_DOUBT = 2;

type Run = Pick<FinishedRun, "records" | "judgement">;

interface Repeated extends Run {
  /** Folder of the deciding run. */
  readonly dir: string;
  /** Every run in order, the deciding one last. */
  readonly attempts: readonly Attempt[];
}

interface RepeatOptions {
  /** Folder of the first run; the others are in `again-1`, `again-2` … below it. */
  readonly dir: string;
  /** Most repetitions. */
  readonly retries: number;
  run(dir: string): Promise<Run>;
  isInterrupted(): boolean;
  /** Called before each repetition with its number. */
  onRepeat(again: number, last: Attempt): void;
}

/**
 * Runs until the verdict is clear. A broken run decides at once. An inconclusive run is repeated.
 * If other work of the machine explains it, one held run decides; else the subject may be the
 * reason, and {@link HELD_AFTER_DOUBT} held runs in a row are needed.
 */
export async function runUntilConclusive(options: RepeatOptions): Promise<Repeated> {
  const attempts: Attempt[] = [];
  let needed = 1, held = 0;
  for (let again = 0;; again++) {
    const dir = again === 0 ? options.dir : `${options.dir}/again-${again}`;
    const run = await options.run(dir);
    const { verdict, sentence, is_machines } = run.judgement;
    attempts.push({ dir, verdict, sentence, is_machines });
    held = verdict === "held" ? held + 1 : 0;
    if (verdict === "inconclusive" && !is_machines) needed = HELD_AFTER_DOUBT;
    const is_clear = verdict === "held" ? held >= needed : !isWorthRepeating(run);
    if (is_clear) return { ...run, dir, attempts };
    if (again >= options.retries || options.isInterrupted()) {
      return { ...run, judgement: tooFewHeld(run, attempts), dir, attempts };
    }
    options.onRepeat(again + 1, attempts[again]);
  }
}

/** Inconclusive, and not because a part of the lab failed, which would fail again. */
function isWorthRepeating({ records, judgement }: Run): boolean {
  return judgement.verdict === "inconclusive" &&
    !records.some((record) => record.kind === "trouble" && record.what !== "baseline");
}

/** A single held run does not outweigh an earlier doubt. */
function tooFewHeld({ judgement }: Run, attempts: readonly Attempt[]): Run["judgement"] {
  if (judgement.verdict !== "held") return judgement;
  const doubted = attempts.findLast(({ verdict, is_machines }) =>
    verdict === "inconclusive" && !is_machines
  );
  const sentence =
    `held, but an earlier run was inconclusive and the machine does not explain it: ` +
    `${HELD_AFTER_DOUBT} held runs in a row are needed (${doubted?.sentence})`;
  return { ...judgement, verdict: "inconclusive", exit_code: 2, sentence, decided_by: null };
}
