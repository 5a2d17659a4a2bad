/** Frame rate of a page under heavy use. */
import { type Check, disturbed, judge } from "../../tools/verdict/mod.ts";
import type { OpenPage } from "./browser.ts";

export interface Frames {
  readonly count: number;
  readonly fps: number;
  readonly p50_ms: number;
  readonly p95_ms: number;
  readonly p99_ms: number;
  readonly max_ms: number;
  /** Frames longer than {@link LATE_MS}. */
  readonly late: number;
}

/** 1.5 times the length of a frame at 60/s. */
const LATE_MS = 25;
/** Work per frame of the control page: a machine fit for 60 frames/s has time for it. */
export const CONTROL_WORK_MS = 10;
const FPS_FULL = 60;
/** Share of {@link FPS_FULL} that a page must reach; timers vary by the rest. */
const FPS_SHARE_MIN = 0.97;

/**
 * Judges whether a page draws 60 frames/s, from the frames of each round. Missing frames are its
 * fault only if every round lacks them, a `control` page with {@link CONTROL_WORK_MS} of work per
 * frame draws them in the same rounds, and other programs were idle. Pure.
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
        : [`the control page with ${CONTROL_WORK_MS} ms of work draws ${base.value} frames/s`]),
      ...(best < bound ? [] : [`one round has ${best}`]),
    ],
    noise_only_hurts: true,
  });
}

/** Counts frames while `use` moves or scrolls, for at most `span_ms`. */
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
