/** Claims about metrics_server while 100,000 × 30 refresh beside it. Pure. */
import { LOOP_BLOCK_MS_MAX, type Pair, REFRESH_P99_RATIO_MAX, type Round } from "../rig/mod.ts";
import { type Check, judge, median } from "../../tools/verdict/mod.ts";
import { loadChecks } from "../serve/refresh_checks.ts";
import { P95_MS_MAX } from "./default_claims.ts";
import { judgePairs } from "./steady_claims.ts";

export const REFRESH_SCENE = "refresh";

/** One pass: metrics_server and a bare server in the same seconds, without and with refreshes. */
export interface RefreshPass {
  hold: Pair;
  refresh: Pair;
  /** New bodies during the refresh round. */
  refreshes: number;
  /** Longest event-loop block that metrics_server remembered before the refresh round. */
  remembered_ms: number;
  /** The same after it. */
  block_ms: number;
  /** The baseline during refreshes. */
  base: Round | null;
}

interface RefreshFacts {
  /** Length of a round. */
  seconds: number;
  failed_polls: number;
}

export function judgeRefreshPasses(
  passes: readonly RefreshPass[],
  { seconds, failed_polls }: RefreshFacts,
  doubts: readonly string[],
): Check[] {
  const ours = passes.map((pass) => (
    { ...pass, hold: pass.hold.subject, refresh: pass.refresh.subject }
  ));
  return [
    judge({
      figure: REFRESH_SCENE,
      name: "10,000/s: p95 while refreshing",
      unit: "ms",
      samples: passes.map(({ refresh }) => refresh.subject.p95_ms),
      relation: "≤",
      bound: P95_MS_MAX,
      doubts,
      noise_only_hurts: true,
    }),
    ...judgePairs(REFRESH_SCENE, passes.map(({ refresh }) => refresh), doubts).slice(0, 2),
    ...loadChecks(ours, seconds, failed_polls, doubts, {
      cores: navigator.hardwareConcurrency,
      doubts: {
        p99: bareSlowed(passes),
        block: [...bareStalled(passes), ...notForgotten(passes)],
      },
    }),
  ].map((check) => ({ ...check, figure: REFRESH_SCENE }));
}

/**
 * A doubt if the refreshes slow a bare server beyond the bound, and metrics_server by at most
 * {@link REFRESH_P99_RATIO_MAX} times as much: source, poller and client share the cores with it.
 */
export function bareSlowed(passes: readonly Pick<RefreshPass, "hold" | "refresh">[]): string[] {
  const slowing = (pick: (pair: Pair) => Round) =>
    median(passes.map(({ refresh, hold }) => pick(refresh).p99_ms / pick(hold).p99_ms));
  const bare = slowing(({ control }) => control), ours = slowing(({ subject }) => subject);
  if (bare <= REFRESH_P99_RATIO_MAX || ours > bare * REFRESH_P99_RATIO_MAX) return [];
  return [`refreshes raise the p99 of a bare server ${bare.toFixed(2)} ×`];
}

/** The same for the longest block: the slowest response of a bare server shows a missing core. */
export function bareStalled(
  passes: readonly Pick<RefreshPass, "refresh" | "block_ms">[],
): string[] {
  const bare_ms = median(passes.map(({ refresh }) => refresh.control.max_ms));
  const ours_ms = median(passes.map(({ block_ms }) => block_ms));
  if (bare_ms <= LOOP_BLOCK_MS_MAX || ours_ms > bare_ms * REFRESH_P99_RATIO_MAX) return [];
  return [`a bare server beside the refreshes responds in up to ${bare_ms.toFixed(1)} ms`];
}

/** A doubt if each refresh round's blocks are hidden by a longer one from before the round. */
export function notForgotten(
  passes: readonly Pick<RefreshPass, "remembered_ms" | "block_ms">[],
): string[] {
  const hides = passes.every(({ remembered_ms, block_ms }) =>
    remembered_ms > LOOP_BLOCK_MS_MAX && block_ms <= remembered_ms
  );
  const before_ms = median(passes.map(({ remembered_ms }) => remembered_ms));
  return hides ? [`blocks of ${before_ms.toFixed(1)} ms before the refreshes hide theirs`] : [];
}
