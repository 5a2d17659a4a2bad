/** Passes of a measurement, repeated while other programs use the machine. */
import { readForeignCpuMs } from "./machine.ts";
import { percent } from "./table.ts";

/** Fewest rounds for a verdict. */
export const ROUNDS_MIN = 3;
/** Share of the machine's CPU time that other programs may use during a figure. */
const FOREIGN_CPU_SHARE_MAX = 0.05;
/** Most attempts for each wanted pass. */
const ATTEMPTS_PER_PASS_MAX = 2;

/** Clock and CPU counters. */
interface CpuTimes {
  now_ms(): number;
  /** CPU time of other programs. */
  foreign_ms(): number;
  cores: number;
}

const SYSTEM: CpuTimes = {
  now_ms: () => performance.now(),
  foreign_ms: readForeignCpuMs,
  cores: navigator.hardwareConcurrency,
};

/**
 * Starts to measure the CPU time of other programs. The returned function gives their share of all
 * CPU time since the start; NaN without `/proc`.
 */
export function startForeignLoad(times: CpuTimes = SYSTEM): () => number {
  const start_ms = times.now_ms(), start_foreign_ms = times.foreign_ms();
  return () => {
    const foreign_ms = times.foreign_ms() - start_foreign_ms;
    return Math.max(0, foreign_ms) / ((times.now_ms() - start_ms) * times.cores);
  };
}

/** The doubt that follows from this share of other programs, if any. */
export function disturbed(foreign_share: number): string[] {
  if (!(foreign_share > FOREIGN_CPU_SHARE_MAX)) return [];
  const max = percent(FOREIGN_CPU_SHARE_MAX);
  return [`other programs took ${percent(foreign_share)} of the machine, more than ${max}`];
}

export function disturbanceNote(what: string, foreign_share: number, left_out: number): string {
  const excluded = left_out === 0 ? "" : `; ${left_out} disturbed passes are left out`;
  return `${what}: other programs took ${percent(foreign_share)} of the machine${excluded}`;
}

export interface Passes<T> {
  /** The undisturbed passes, or all passes if fewer than {@link ROUNDS_MIN} were undisturbed. */
  taken: T[];
  /** Mean share of the machine that other programs took during {@link taken}. */
  foreign_share: number;
  /** Number of disturbed passes that do not count. */
  left_out: number;
}

interface PassOptions {
  /** Takes disturbed passes again. Default: true; false bounds the time. */
  repeat_disturbed?: boolean;
  startForeign?: () => () => number;
}

/**
 * Takes passes until `wanted` are undisturbed, at most twice as many. Only the CPU time of other
 * programs decides which passes count, never their results.
 */
export async function takePasses<T>(
  wanted: number,
  take: (attempt: number) => Promise<T>,
  { repeat_disturbed = true, startForeign = startForeignLoad }: PassOptions = {},
): Promise<Passes<T>> {
  const attempts_max = wanted * (repeat_disturbed ? ATTEMPTS_PER_PASS_MAX : 1);
  const quiet: Pass<T>[] = [], all: Pass<T>[] = [];
  while (quiet.length < wanted && all.length < attempts_max) {
    const foreignShare = startForeign();
    const pass = { value: await take(all.length), foreign_share: foreignShare() };
    all.push(pass);
    if (disturbed(pass.foreign_share).length === 0) quiet.push(pass);
  }
  const used = quiet.length >= Math.min(wanted, ROUNDS_MIN) ? quiet : all;
  const total = used.reduce((sum, { foreign_share }) => sum + foreign_share, 0);
  return {
    taken: used.map(({ value }) => value),
    foreign_share: total / used.length,
    left_out: all.length - used.length,
  };
}

interface Pass<T> {
  value: T;
  foreign_share: number;
}
