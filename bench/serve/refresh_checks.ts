/** Judges the steady load of figure e. Pure. */
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

/** What the rounds of figure e gave. */
export interface RefreshRounds {
  hold: Round[];
  refresh: Round[];
  /** Bodies the source sent, for each refresh round. */
  refreshes: number[];
  /** The server's longest event-loop block, read after each round. */
  blocks_ms: number[];
}

/** What the machine alone does to the figures. */
export interface Machine {
  /** Cores that this process may use. */
  readonly cores: number;
  /** Reasons not to believe one of the figures, seen in what else was measured. */
  readonly doubts?: { readonly p99: readonly string[]; readonly block: readonly string[] };
}

/** The checks of figure e; `doubts` are about all of the rounds. */
export function loadChecks(
  { hold, refresh, refreshes, blocks_ms }: RefreshRounds,
  seconds: number,
  failed_polls: number,
  doubts: readonly string[],
  { cores, doubts: machine = { p99: [], block: [] } }: Machine,
): Check[] {
  const p99 = ({ p99_ms }: Round) => p99_ms;
  const rounds = [...hold, ...refresh];
  const details = rounds.map(({ bad_detail }) => bad_detail).filter((text) => text !== "");
  const claim = { figure: "e", relation: "≤", unit: "" } as const;
  const unproven = [...tooFewRefreshes(refreshes, seconds), ...lateClient(hold)];
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
      // What the service does it does at every refresh; the system may take a core away once.
      samples: blocks_ms,
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
    judge({ ...claim, name: "10,000/s: failed polls", samples: [failed_polls], bound: 0 }),
  ];
}

/** How late the client sent, 99th percentile, median of the rounds, in milliseconds. */
export function sentLate(rounds: readonly Round[]): number {
  return median(rounds.map(({ lag_p99_ms }) => lag_p99_ms ?? NaN));
}

/**
 * Client, serving thread, poll worker and source: where there are fewer cores, one of them waits for
 * a core until another one sleeps or the scheduler's next tick comes. A p99 that misses its bound by
 * less than such a wait says nothing about the server.
 */
function shortOfCores(hold: readonly Round[], refresh: readonly Round[], cores: number): string[] {
  const p99_ms = (rounds: readonly Round[]) => median(rounds.map(({ p99_ms }) => p99_ms));
  const excess_ms = p99_ms(refresh) - p99_ms(hold) * REFRESH_P99_RATIO_MAX;
  if (cores >= BUSY_THREADS || excess_ms <= 0 || excess_ms > SCHEDULER_TICK_MS) return [];
  return [
    `${BUSY_THREADS} busy threads on ${cores} cores wait for each other, up to ` +
    `${SCHEDULER_TICK_MS} ms; p99 is ${excess_ms.toFixed(1)} ms over its bound`,
  ];
}

function tooFewRefreshes(refreshes: readonly number[], seconds: number): string[] {
  const expected = Math.max(1, Math.floor(seconds * 1000 / REFRESH_EVERY_MS) - 1);
  const fewest = Math.min(...refreshes);
  return fewest < expected ? [`a round of ${fewest} refreshes, fewer than ${expected}`] : [];
}

function lateClient(hold: readonly Round[]): string[] {
  const late_ms = sentLate(hold);
  return late_ms > LAG_P99_MS_MAX
    ? [`the client itself sent late by p99 ${late_ms.toFixed(1)} ms without any refresh`]
    : [];
}
