/** Explores a planted cache until its defect is found. */
import {
  Coverage,
  type DrawnTimeline,
  explore,
  type Finding,
  nameOf,
  type Outcome,
  scenarioOf,
} from "../../explore/mod.ts";
import { runAndJudge } from "../../run/run_scenario.ts";
import { readSubjectFile } from "../../subject/mod.ts";
import type { Measure } from "../../vocabulary/mod.ts";
import type { Defect } from "./defects.ts";
import type { PAIRED } from "./paired_defects.ts";

/** A light load: latencies are not claimed, because these defects cost correctness. */
const LOAD = { profile: "arrival", env: { RATE: "100", VUS: "20" } };
/** Fewer runs than in an exploration: enough to drop two faults of four. */
const REPEATED_RUNS = 2, SHRINK_RUNS_MAX = 10;
const LATENCIES: readonly Measure[] = ["p95_ms", "p95_ratio", "p99_ratio", "slow_share"];

const CACHE = await readSubjectFile(`${import.meta.dirname}/cache.json`);

interface Explored {
  /** Drawn runs until the finding. */
  readonly runs: number;
  readonly finding: Finding | null;
}

/** @param run Default: the lab. */
export async function explorePlanted(
  { defect, seed, runs: runs_max }: Pick<typeof PAIRED[number], "defect" | "runs"> & {
    readonly seed: number;
  },
  run: (timeline: DrawnTimeline) => Promise<Outcome> = (timeline) => runPlanted(timeline, defect),
  onRun: (timeline: DrawnTimeline, outcome: Outcome) => void = () => {},
): Promise<Explored> {
  let runs = 0;
  let found: Finding | null = null;
  await explore({
    seed,
    runs_max,
    coverage: new Coverage(),
    repeated_runs: REPEATED_RUNS,
    shrink_runs_max: SHRINK_RUNS_MAX,
    isOver: () => found !== null,
    run,
    onRun: (n, timeline, outcome) => {
      runs = n;
      onRun(timeline, outcome);
    },
    onMore: (_, timeline, outcome) => onRun(timeline, outcome),
    onFinding: (finding) => void (found = finding),
  });
  return { runs, finding: found };
}

async function runPlanted(
  timeline: DrawnTimeline,
  defect: Defect | "none",
): Promise<Outcome> {
  const { seed } = timeline;
  const full = scenarioOf(timeline).plan({ quick: true, seed });
  const conditions = full.conditions.filter(({ measure }) => !LATENCIES.includes(measure));
  const subject = { ...CACHE, env: { ...CACHE.env, DEFECT: defect } };
  const { judgement } = await runAndJudge({ ...full, conditions, load: LOAD }, { subject, seed });
  const broken = judgement.conditions.find((one) => one.verdict === "broken" && one.doubt === null);
  const { verdict, sentence } = judgement;
  const promise = verdict === "broken" ? broken?.condition.measure ?? "subject ended" : "";
  return { verdict, promise, sentence, dir: "" };
}

/** Whether the timeline has a fault of each list, and no other. */
export function isPairOf(
  { faults }: DrawnTimeline,
  [first, second]: typeof PAIRED[number]["faults"],
): boolean {
  const names = faults.map(nameOf);
  const has = (list: readonly string[], name: string) => list.includes(name);
  return names.length === 2 &&
    names.some((one, i) => has(first, one) && has(second, names[1 - i]));
}
