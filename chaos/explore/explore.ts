/**
 * Draws and runs timelines until the time is up; a broken one is run again and shrunk.
 *
 *     draw ─▶ run ─▶ held, inconclusive ─▶ next
 *               └──▶ broken ─▶ run again (how often?) ─▶ shrink ─▶ finding
 */
import { shrink } from "../../tools/verdict/mod.ts";
import { SEED_MAX, seededRandom } from "../vocabulary/mod.ts";
import { type Coverage, trialsOf } from "./coverage.ts";
import { type DrawOptions, drawTimeline } from "./draw.ts";
import { type DrawnTimeline, nameOf } from "./timeline.ts";
import { SMALLER } from "./weaken.ts";

/** Runs of a broken timeline in total, to see whether it is flaky. */
export const REPEATED_RUNS = 5;
/** Most runs to shrink a broken timeline. */
export const SHRINK_RUNS_MAX = 24;
/** Timelines drawn for one run; the one with most that is new is taken. */
const CANDIDATES = 16;
/** Share of runs that must be broken for shrinking to mean anything. */
const SHRINKABLE_SHARE = 0.4;
/** Most runs of a smaller timeline, if the broken one is flaky. */
const TRIES_MAX = 3;

/** The result of one run. */
export interface Outcome {
  readonly verdict: "held" | "broken" | "inconclusive" | "rollback failed";
  /** The broken promise; a smaller timeline must break the same. Empty unless broken. */
  readonly promise: string;
  readonly sentence: string;
  /** Folder of its journal. */
  readonly dir: string;
}

/** A broken timeline. */
export interface Finding {
  readonly drawn: DrawnTimeline;
  readonly smallest: DrawnTimeline;
  readonly outcome: Outcome;
  /** Broken runs of `runs`. */
  readonly broken: number;
  readonly runs: number;
  readonly shrink_runs: number;
  /** Whether nothing smaller breaks. */
  readonly is_minimal: boolean;
  /** Outcome of the smallest timeline. */
  readonly smallest_outcome: Outcome;
}

export interface ExploreOptions extends DrawOptions {
  readonly seed: number;
  readonly runs_max: number;
  /** What was tried before; each run is added. */
  readonly coverage: Coverage;
  /** Default {@link REPEATED_RUNS}. */
  readonly repeated_runs?: number;
  /** Default {@link SHRINK_RUNS_MAX}. */
  readonly shrink_runs_max?: number;
  isOver(): boolean;
  run(timeline: DrawnTimeline): Promise<Outcome>;
  onRun?(n: number, timeline: DrawnTimeline, outcome: Outcome): Promise<void> | void;
  /** Each run after the first that a broken timeline causes. */
  onMore?(what: "again" | "shrink", timeline: DrawnTimeline, outcome: Outcome): void;
  /** A broken timeline that has the faults of an earlier finding and breaks the same promise. */
  onKnown?(timeline: DrawnTimeline, finding: Finding): void;
  onFinding?(finding: Finding): Promise<void> | void;
}

/** Returns the outcomes of the drawn runs. */
export async function explore(options: ExploreOptions): Promise<Outcome[]> {
  const { coverage, runs_max } = options;
  const outcomes: Outcome[] = [], findings: Finding[] = [];
  for (let n = 0; n < runs_max && !options.isOver(); n++) {
    const timeline = nextTimeline(n, options);
    const outcome = await options.run(timeline);
    outcomes.push(outcome);
    coverage.add(trialsOf(timeline));
    await options.onRun?.(n + 1, timeline, outcome);
    if (outcome.verdict !== "broken") continue;
    const known = findings.find((one) => explains(one, timeline, outcome));
    if (known !== undefined) options.onKnown?.(timeline, known);
    else {
      const finding = await investigate(timeline, outcome, options);
      findings.push(finding);
      await options.onFinding?.(finding);
    }
  }
  return outcomes;
}

/** The seed itself draws the first timeline, so that `--seed` repeats a printed run. */
function nextTimeline(n: number, options: ExploreOptions): DrawnTimeline {
  if (n === 0) return drawTimeline(options.seed, options);
  const random = seededRandom(options.seed, `run ${n}`);
  const drawn = Array.from(
    { length: CANDIDATES },
    () => drawTimeline(Math.floor(random() * (SEED_MAX + 1)), options),
  );
  const novelty = drawn.map((one) => options.coverage.novelty(one));
  return drawn[novelty.indexOf(Math.max(...novelty))];
}

function explains({ smallest, outcome }: Finding, drawn: DrawnTimeline, other: Outcome): boolean {
  const names = drawn.faults.map(nameOf);
  return outcome.promise === other.promise &&
    smallest.faults.every((fault) => names.includes(nameOf(fault)));
}

async function investigate(
  drawn: DrawnTimeline,
  outcome: Outcome,
  options: ExploreOptions,
): Promise<Finding> {
  const { repeated_runs = REPEATED_RUNS, shrink_runs_max = SHRINK_RUNS_MAX } = options;
  let broken = 1, runs = 1;
  const isSame = ({ verdict, promise }: Outcome) =>
    verdict === "broken" && promise === outcome.promise;
  const more = async (what: "again" | "shrink", timeline: DrawnTimeline) => {
    const result = await options.run(timeline);
    options.onMore?.(what, timeline, result);
    return result;
  };
  while (runs < repeated_runs && !options.isOver()) {
    if (isSame(await more("again", drawn))) broken++;
    runs++;
  }
  const tries = triesFor(broken / runs);
  let smallest_outcome = outcome;
  const isBroken = async (timeline: DrawnTimeline) => {
    for (let i = 0; i < tries && !options.isOver(); i++) {
      const result = await more("shrink", timeline);
      if (!isSame(result)) continue;
      smallest_outcome = result;
      return true;
    }
    return false;
  };
  const is_worth = broken / runs >= SHRINKABLE_SHARE && !options.isOver();
  const runs_max = is_worth ? Math.floor(shrink_runs_max / tries) : 0;
  let smallest = drawn, shrink_runs = 0, is_minimal = true;
  // Each pass starts where the one before ended: dropping a fault is not tried again later.
  for (const candidates of SMALLER) {
    const shrunk = await shrink(smallest, {
      candidates,
      isBroken,
      runs_max: runs_max - shrink_runs,
    });
    smallest = shrunk.value;
    shrink_runs += shrunk.runs;
    is_minimal &&= shrunk.is_minimal;
  }
  is_minimal &&= !options.isOver();
  return {
    drawn,
    smallest,
    outcome,
    broken,
    runs,
    shrink_runs,
    is_minimal,
    smallest_outcome,
  };
}

/** Runs until a timeline that breaks in this share of its runs is broken with 95 % probability. */
function triesFor(share: number): number {
  if (share >= 1) return 1;
  return Math.min(TRIES_MAX, Math.ceil(Math.log(0.05) / Math.log(1 - share)));
}
