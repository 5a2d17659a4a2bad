/** How much of the machine other programs took meanwhile. */
import { FOREIGN_CPU_SHARE_MAX } from "./limits.ts";
import { readForeignCpuMs } from "./proc.ts";
import { percent } from "./table.ts";

/** Where the times come from. */
export interface CpuTimes {
  now_ms(): number;
  /** CPU time others have used. */
  foreign_ms(): number;
  cores: number;
}

const SYSTEM: CpuTimes = {
  now_ms: () => performance.now(),
  foreign_ms: readForeignCpuMs,
  cores: navigator.hardwareConcurrency,
};

/** Starts counting; the function returned gives the share of all CPU time, NaN without `/proc`. */
export function startForeignLoad(times: CpuTimes = SYSTEM): () => number {
  const start_ms = times.now_ms(), start_foreign_ms = times.foreign_ms();
  return () => {
    const foreign_ms = times.foreign_ms() - start_foreign_ms;
    return Math.max(0, foreign_ms) / ((times.now_ms() - start_ms) * times.cores);
  };
}

/** Doubt about whatever was measured while other programs took this share. Pure. */
export function disturbed(foreign_share: number): string[] {
  if (!(foreign_share > FOREIGN_CPU_SHARE_MAX)) return [];
  const max = percent(FOREIGN_CPU_SHARE_MAX);
  return [`other programs took ${percent(foreign_share)} of the machine, more than ${max}`];
}

/** A line about it. Pure. */
export function disturbanceNote(what: string, foreign_share: number, left_out: number): string {
  const again = left_out === 0
    ? ""
    : `; ${left_out} passes during which they took more were left out`;
  return `${what}: other programs took ${percent(foreign_share)} of the machine${again}`;
}
