/** How evenly a page draws, while it is used as hard as a person can. */
import { type Check, disturbed, judge } from "../../tools/verdict/mod.ts";
import type { OpenPage } from "./browser.ts";

/** Times between frames. */
export interface Frames {
  readonly count: number;
  readonly fps: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
  /** Frames that took more than one and a half of a frame's time at 60/s. */
  readonly late: number;
}

const LATE_MS = 25;

/** Work a frame that a machine has to have time for, to be one that shows 60 frames a second. */
export const CONTROL_WORK_MS = 10;

/** Frames a second of a page that misses none. */
const FPS_FULL = 60;

/** Of these; what is missing is the timer's own tremble. */
export const FPS_SHARE_MIN = 0.97;

/**
 * Judges whether a page draws 60 frames a second. What else runs on the machine takes frames away
 * and never adds any: where they are missing, it is the page's fault only if they are missing in each
 * round, a page that works has them all in the same minute, and other programs were idle. Pure.
 *
 * @param frames One round each.
 * @param control Of a page with {@link CONTROL_WORK_MS} of work a frame, in the same rounds.
 * @param foreign_share Of the machine, which other programs took.
 */
export function judgeFrames(
  name: string,
  frames: readonly Frames[],
  control: readonly Frames[],
  foreign_share: number,
): Check {
  const bound = FPS_FULL * FPS_SHARE_MIN;
  const claim = { figure: "frames", unit: "", relation: "≥", bound } as const;
  const base = judge({ ...claim, name: "control", samples: control.map(({ fps }) => fps) });
  const best = Math.max(...frames.map(({ fps }) => fps));
  return judge({
    ...claim,
    name,
    samples: frames.map(({ fps }) => fps),
    doubts: [
      ...disturbed(foreign_share),
      ...(base.verdict === "holds"
        ? []
        : [`a page with ${CONTROL_WORK_MS} ms of work draws ${base.value} frames a second here`]),
      ...(best < bound ? [] : [`one round has ${best}`]),
    ],
    noise_only_hurts: true,
  });
}

/**
 * Counts frames by `requestAnimationFrame` for so long, while `use` runs.
 *
 * @param use Moves, scrolls; ends by itself before the time is over.
 */
export async function countFrames(
  { evaluate }: OpenPage,
  span_ms: number,
  use: () => Promise<void>,
): Promise<Frames> {
  const counted = evaluate<number[]>(`new Promise((resolve) => {
    const deltas = [];
    let last = NaN, from = NaN;
    const frame = (now) => {
      if (Number.isNaN(from)) from = now;
      else deltas.push(now - last);
      last = now;
      if (now - from < ${span_ms}) requestAnimationFrame(frame);
      else resolve(deltas);
    };
    requestAnimationFrame(frame);
  })`);
  await use();
  return framesOf(await counted);
}

/** Summary of the times between frames, in milliseconds. */
export function framesOf(deltas_ms: readonly number[]): Frames {
  const sorted = deltas_ms.toSorted((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  const total_ms = deltas_ms.reduce((sum, delta) => sum + delta, 0);
  return {
    count: deltas_ms.length,
    fps: Math.round((deltas_ms.length / total_ms) * 10_000) / 10,
    p50_ms: rounded(at(0.5)),
    p95_ms: rounded(at(0.95)),
    p99_ms: rounded(at(0.99)),
    max_ms: rounded(at(1)),
    late: deltas_ms.filter((delta) => delta > LATE_MS).length,
  };
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
