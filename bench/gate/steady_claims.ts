/** Claims about metrics_server beside a bare server in the same seconds. Pure. */
import { LOOP_BLOCK_MS_MAX, type Pair, RESPONSES_MIN, type Round } from "../rig/mod.ts";
import { type Check, judge, median, ROUNDS_MIN } from "../../tools/verdict/mod.ts";

/** Answers that took longer count as slow, in milliseconds: the bound on the p95. */
export const SLOW_MS = 7;
const P99_RATIO_MAX = 1.5;
/** The control's p99 counts as at least this: below are timers and the scheduler. */
const P99_MS_MIN = 1;
/** Percentage points of slow answers beyond the control. */
const SLOW_PERCENT_MAX = 0.5;
/** A value this many times its bound is broken on any machine: the control ran beside it. */
const BEYOND_DOUBT = 3;
/** A single block of the event loop. */
const BLOCK_MS_MAX = 50;
const BLOCK_BEYOND_DOUBT = 6;

/** Longest event-loop blocks of both servers since their start. */
export interface Blocks {
  subject_ms: number;
  control_ms: number;
}

/** Judges p99, slow answers and errors of rounds in the same seconds. */
export function judgePairs(
  scene: string,
  pairs: readonly Pair[],
  doubts: readonly string[],
): Check[] {
  const claim = { figure: scene, relation: "≤" } as const;
  const few = tooFew(pairs);
  const paired = { ...claim, doubts: [...few, ...doubts], noise_only_hurts: few.length === 0 };
  const p99 = ({ subject, control }: Pair) => subject.p99_ms / Math.max(control.p99_ms, P99_MS_MIN);
  const slow = ({ subject, control }: Pair) => slowPercent(subject) - slowPercent(control);
  const details = pairs.map(({ subject }) => subject.bad_detail).filter((text) => text !== "");
  return [
    judge({
      ...paired,
      name: "p99 to bare in the same seconds",
      unit: "×",
      samples: pairs.map(p99),
      bound: P99_RATIO_MAX,
      beyond_doubt: P99_RATIO_MAX * BEYOND_DOUBT,
    }),
    judge({
      ...paired,
      name: `answers over ${SLOW_MS} ms beyond bare's`,
      unit: "%",
      samples: pairs.map(slow),
      bound: SLOW_PERCENT_MAX,
      // On a machine that slows the control, too, rounds differ by as much as its own share.
      beyond_doubt: SLOW_PERCENT_MAX * BEYOND_DOUBT +
        median(pairs.map(({ control }) => slowPercent(control))),
    }),
    judge({
      ...claim,
      name: `errors${details.length === 0 ? "" : ` (${details.join("; ")})`}`,
      unit: "",
      samples: [pairs.reduce((total, { subject }) => total + subject.bad, 0)],
      bound: 0,
    }),
  ];
}

function slowPercent({ slow = NaN, responses }: Round): number {
  return slow / responses * 100;
}

function tooFew(pairs: readonly Pair[]): string[] {
  if (pairs.length < ROUNDS_MIN) return [`${pairs.length} rounds, fewer than ${ROUNDS_MIN}`];
  const fewest = Math.min(
    ...pairs.flatMap(({ subject, control }) => [subject.responses, control.responses]),
  );
  return fewest < RESPONSES_MIN
    ? [`a round of ${fewest} responses, fewer than ${RESPONSES_MIN}: a p99 needs more`]
    : [];
}

/**
 * Judges the longest block. Recurring blocks show in the slow answers; a single one may be a pause
 * of the machine, so its bound is {@link BLOCK_MS_MAX}. The machine pauses the control as often: a
 * block {@link BLOCK_BEYOND_DOUBT} times as long as the control's is the server's own, unless other
 * programs are busy (`doubts`): they can keep one thread from a core for 200 ms.
 */
export function judgeBlock(
  scene: string,
  { subject_ms, control_ms }: Blocks,
  doubts: readonly string[],
): Check {
  const paused = control_ms > LOOP_BLOCK_MS_MAX && subject_ms <= BLOCK_BEYOND_DOUBT * control_ms
    ? [`the control's event loop was blocked for ${control_ms.toFixed(1)} ms, too`]
    : [];
  return judge({
    figure: scene,
    name: "longest event-loop block",
    unit: "ms",
    samples: [subject_ms],
    relation: "≤",
    bound: BLOCK_MS_MAX,
    doubts: [...paused, ...doubts],
    noise_only_hurts: true,
  });
}
