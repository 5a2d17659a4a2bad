/** Checks of figure e, the steady load during refreshes. Pure. */
import { type Check, judge, median, ratios } from "../../tools/verdict/mod.ts";
import {
  BUSY_THREADS,
  LAG_P99_MS_MAX,
  LOOP_BLOCK_MS_MAX,
  REFRESH_EVERY_MS,
  REFRESH_P99_RATIO_MAX,
  type Round,
  SCHEDULER_TICK_MS,
} from "../rig/mod.ts";

/** One pass of figure e. */
export interface RefreshPass {
  hold: Round;
  refresh: Round;
  /** New bodies during the refresh round. */
  refreshes: number;
  /** Longest event-loop block after the refresh round. */
  block_ms: number;
}

/** Effects of the machine on the figures. */
interface Machine {
  readonly cores: number;
  /** Doubts about one of the figures, from other measurements. */
  readonly doubts?: { readonly p99: readonly string[]; readonly block: readonly string[] };
}

/** Judges figure e; `doubts` concern all rounds. */
export function loadChecks(
  passes: readonly RefreshPass[],
  seconds: number,
  failed_polls: number,
  doubts: readonly string[],
  { cores, doubts: machine = { p99: [], block: [] } }: Machine,
): Check[] {
  const [hold, refresh] = [passes.map(({ hold }) => hold), passes.map(({ refresh }) => refresh)];
  const p99 = ({ p99_ms }: Round) => p99_ms;
  const rounds = [...hold, ...refresh];
  const details = rounds.map(({ bad_detail }) => bad_detail).filter((text) => text !== "");
  const claim = { figure: "e", relation: "≤", unit: "" } as const;
  const unproven = [...tooFewRefreshes(passes, seconds), ...lateClient(hold)];
  return [
    judge({
      ...claim,
      name: "10,000/s: p99 while refreshing to p99 without",
      unit: "×",
      samples: ratios(refresh.map(p99), hold.map(p99)),
      bound: REFRESH_P99_RATIO_MAX,
      doubts: [...unproven, ...doubts, ...machine.p99, ...shortOfCores(hold, refresh, cores)],
    }),
    judge({
      ...claim,
      name: "10,000/s: longest event-loop block",
      unit: "ms",
      // The service's blocks recur at each refresh: the median ignores a single preemption.
      samples: passes.map(({ block_ms }) => block_ms),
      bound: LOOP_BLOCK_MS_MAX,
      doubts: [...unproven, ...doubts, ...machine.block],
      noise_only_hurts: unproven.length === 0,
    }),
    judge({
      ...claim,
      name: `10,000/s: errors${details.length === 0 ? "" : ` (${details.join("; ")})`}`,
      samples: [rounds.reduce((total, { bad }) => total + bad, 0)],
      bound: 0,
    }),
    // A poll may time out on a busy machine.
    judge({
      ...claim,
      name: "10,000/s: failed polls",
      samples: [failed_polls],
      bound: 0,
      doubts,
      noise_only_hurts: true,
    }),
  ];
}

export function lagMs(rounds: readonly Round[]): number {
  return median(rounds.map(({ lag_p99_ms }) => lag_p99_ms ?? NaN));
}

/**
 * With fewer cores than {@link BUSY_THREADS}, a thread may wait for a core until the next scheduler
 * tick. A p99 that misses its bound by less than a tick proves nothing about the server.
 */
function shortOfCores(hold: readonly Round[], refresh: readonly Round[], cores: number): string[] {
  const p99_ms = (rounds: readonly Round[]) => median(rounds.map(({ p99_ms }) => p99_ms));
  const excess_ms = p99_ms(refresh) - p99_ms(hold) * REFRESH_P99_RATIO_MAX;
  if (cores >= BUSY_THREADS || excess_ms <= 0 || excess_ms > SCHEDULER_TICK_MS) return [];
  return [
    `${BUSY_THREADS} busy threads on ${cores} cores wait for each other up to ` +
    `${SCHEDULER_TICK_MS} ms; the p99 is ${excess_ms.toFixed(1)} ms over its bound`,
  ];
}

function tooFewRefreshes(passes: readonly RefreshPass[], seconds: number): string[] {
  const expected = Math.max(1, Math.floor(seconds * 1000 / REFRESH_EVERY_MS) - 1);
  const fewest = Math.min(...passes.map(({ refreshes }) => refreshes));
  return fewest < expected ? [`a round of ${fewest} refreshes, fewer than ${expected}`] : [];
}

function lateClient(hold: readonly Round[]): string[] {
  const late_ms = lagMs(hold);
  return late_ms > LAG_P99_MS_MAX
    ? [`the client's own lag is ${late_ms.toFixed(1)} ms (p99) without refreshes`]
    : [];
}
