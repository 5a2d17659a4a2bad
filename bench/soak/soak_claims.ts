/** What may grow in a soak, and its table of samples. Pure. */
import type { ProcessSample } from "../rig/mod.ts";
import {
  type Check,
  floors,
  judge,
  judgeSlope,
  slopeOf,
  table,
  wholeNumber,
} from "../../tools/verdict/mod.ts";

const HOUR_MS = 3_600_000;
/** Share of the run at its start that is left out: the heap grows to its size. */
const WARMUP_SHARE = 0.25;
/** Time in which V8's heap grows to its size under this load. */
const HEAP_FILLS_MS = 600_000;
/** Growth of a heap meanwhile. */
const HEAP_FILLS_MB = 80;

/**
 * Growth per hour, and in all before it counts as a leak: a heap swings between full collections.
 * Of memory, the lowest sample of each twelfth counts: in an hour, each has a full collection.
 */
const BOUNDS = {
  memory: { unit: "MB", bound: 30, total_min: 20, stretches: 12 },
  sockets: { unit: "", bound: 10, total_min: 5, stretches: 60 },
  threads: { unit: "", bound: 2, total_min: 2, stretches: 60 },
};
/** Rows of the printed table. */
const ROWS_MAX = 12;

/** The load's own result. */
export interface SoakLoad {
  requests: number;
  /** Failed requests and checks. */
  bad: number;
  bad_detail: string;
}

/** Judges the slopes over time after the warm-up, and the load's errors. */
export function judgeSoak(
  samples: readonly ProcessSample[],
  { requests, bad, bad_detail }: SoakLoad,
): Check[] {
  const from_ms = samples.at(0)?.t_ms ?? 0, to_ms = samples.at(-1)?.t_ms ?? 0;
  const warm_up_ms = (to_ms - from_ms) * WARMUP_SHARE;
  const warm = samples.filter(({ t_ms }) => t_ms >= from_ms + warm_up_ms);
  const bounds = warm_up_ms >= HEAP_FILLS_MS
    ? BOUNDS
    : { ...BOUNDS, memory: { ...BOUNDS.memory, total_min: HEAP_FILLS_MB } };
  const grows = (what: keyof typeof BOUNDS, of: (sample: ProcessSample) => number) => {
    const points = warm.map((sample) => ({ x: sample.t_ms / HOUR_MS, y: of(sample) }));
    const { stretches, ...claim } = bounds[what];
    const slope = slopeOf(floors(points, stretches));
    return judgeSlope({ figure: "soak", name: `${what} per hour`, slope, ...claim });
  };
  const errors = `errors of ${wholeNumber(requests)} requests${
    bad_detail === "" ? "" : ` (${bad_detail})`
  }`;
  return [
    grows("memory", ({ rss_mb }) => rss_mb),
    grows("sockets", ({ sockets }) => sockets),
    grows("threads", ({ threads }) => threads),
    judge({
      figure: "soak",
      name: errors,
      unit: "",
      samples: requests === 0 ? [] : [bad],
      relation: "≤",
      bound: 0,
    }),
  ];
}

/** At most {@link ROWS_MAX} samples, spread over the run. */
export function sampleTable(samples: readonly ProcessSample[]): string[] {
  const step = Math.max(1, (samples.length - 1) / (ROWS_MAX - 1));
  const shown = samples.filter((_, i) => Math.floor(i / step) !== Math.floor((i - 1) / step));
  const start_ms = samples.at(0)?.t_ms ?? 0;
  const rows = shown.map(({ t_ms, rss_mb, sockets, threads, polls, requests }) => [
    ((t_ms - start_ms) / 60_000).toFixed(1),
    rss_mb.toFixed(1),
    String(sockets),
    String(threads),
    wholeNumber(polls),
    wholeNumber(requests),
  ]);
  const header = ["minute", "memory MB", "sockets", "threads", "polls", "requests"];
  return table([header, ...rows], header.map(() => true));
}

/** `memory per hour: 4.1 MB, interval 1.2–8.0` for each slope. */
export function slopeLines(checks: readonly Check[]): string[] {
  return checks.filter(({ samples }) => samples.length === 3).map(({ name, unit, samples }) => {
    const [low, estimate, high] = samples.map((value) => value.toFixed(1));
    return `${name}: ${estimate} ${unit}`.trimEnd() + `, interval ${low} to ${high}`;
  });
}
