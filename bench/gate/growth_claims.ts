/** What metrics_server keeps per poll or request, and how often it polls. Pure. */
import type { ProcessSample } from "../rig/mod.ts";
import { type Check, floors, judge, judgeSlope, slopeOf } from "../../tools/verdict/mod.ts";

/** Polls per interval: one, and a margin for the timer. */
const POLLS_RATIO_MAX = 1.1;
/** Polls without which a rate proves nothing: one more or less would be a tenth. */
const POLLS_MIN = 10;

/** Growth over all samples that does not count as a leak, in MB and in sockets. */
const GROWN_MB_MIN = 40;
const GROWN_SOCKETS_MIN = 10;

/** The work that growth is counted against, with the bounds. */
interface Work {
  /** Noun after "MB per". */
  what: "poll" | "1,000 requests";
  of(sample: ProcessSample): number;
  memory_mb_max: number;
  sockets_max: number;
}

/**
 * Growth per poll is judged under few requests, growth per request under full load. The bounds
 * leave room for a heap that is still growing to its final size.
 */
export const PER_POLL: Work = {
  what: "poll",
  of: ({ polls }) => polls,
  memory_mb_max: 0.5,
  sockets_max: 0.1,
};
export const PER_REQUEST: Work = {
  what: "1,000 requests",
  of: ({ requests }) => requests / 1_000,
  memory_mb_max: 0.1,
  sockets_max: 0.1,
};

/** Judges the slopes of memory and sockets over work. */
export function judgeGrowth(scene: string, samples: readonly ProcessSample[], work: Work): Check[] {
  const slope = (of: (sample: ProcessSample) => number) =>
    slopeOf(floors(samples.map((sample) => ({ x: work.of(sample), y: of(sample) }))));
  return [
    judgeSlope({
      figure: scene,
      name: `memory growth per ${work.what}`,
      unit: "MB",
      slope: slope(({ rss_mb }) => rss_mb),
      bound: work.memory_mb_max,
      total_min: GROWN_MB_MIN,
    }),
    judgeSlope({
      figure: scene,
      name: `socket growth per ${work.what}`,
      unit: "",
      slope: slope(({ sockets }) => sockets),
      bound: work.sockets_max,
      total_min: GROWN_SOCKETS_MIN,
    }),
  ];
}

/** Requests that the source or the server counted in a stretch of time. */
export interface PollCount {
  polls: number;
  duration_ms: number;
}

/** The polls between the first and the last sample, by the server's own count. */
export function pollsIn(samples: readonly ProcessSample[]): PollCount {
  const [first, last] = [samples.at(0), samples.at(-1)];
  if (first === undefined || last === undefined) return { polls: 0, duration_ms: 0 };
  return { polls: last.polls - first.polls, duration_ms: last.t_ms - first.t_ms };
}

/** Judges polls per POLL_MS. The first poll starts the count, so it is left out. */
export function judgePolls(
  scene: string,
  { polls, duration_ms }: PollCount,
  poll_ms: number,
): Check {
  return judge({
    figure: scene,
    name: `polls per POLL_MS (${polls} in ${(duration_ms / 1000).toFixed(0)} s)`,
    unit: "×",
    samples: polls === 0 ? [] : [(polls - 1) * poll_ms / duration_ms],
    relation: "≤",
    bound: POLLS_RATIO_MAX,
    doubts: polls < POLLS_MIN ? [`${polls} polls, fewer than ${POLLS_MIN}`] : [],
  });
}
