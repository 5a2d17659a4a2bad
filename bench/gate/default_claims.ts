/** What metrics_server has to hold at default settings. Pure. */
import { LOG_ON_P95_RATIO_MAX, type Round } from "../arms/mod.ts";
import { type Check, judge, median } from "../judge/mod.ts";
import { judgeClaim, judgeErrors, LOADS } from "../serve/mod.ts";
import { AGE_MS_MAX, P95_MS_MAX } from "./bounds.ts";

/** Rounds taken in turn. */
export interface DefaultRounds {
  bare: readonly Round[];
  /** By the raw client, access log on and off. */
  on: readonly Round[];
  off: readonly Round[];
  /** By the k6 profile: access log on, and a bare server. */
  profile: readonly Round[];
  bare_profile: readonly Round[];
}

/** The profile's own promises, the ratios to the bare server, and that no answer was wrong. */
export function judgeDefaultRounds(
  scene: string,
  rounds: DefaultRounds,
  doubts: readonly string[],
): Check[] {
  const { bare, on, off, profile, bare_profile } = rounds;
  const raw_doubts = [...doubts, ...bareMisses("raw client", bare)];
  // The profile's client works more for a request: its own bare server tells what is its doing.
  const profile_doubts = [...doubts, ...bareMisses("profile", bare_profile)];
  const claims = LOADS.find(({ what }) => what === "GetMetric")!.claims;
  const errors = [
    ...judgeErrors("raw client", [...on, ...off]),
    ...judgeErrors("profile", profile),
  ];
  return [
    judge({
      figure: scene,
      name: "getmetric.js, 100 VUs: p95",
      unit: "ms",
      samples: profile.map(({ p95_ms }) => p95_ms),
      relation: "≤",
      bound: P95_MS_MAX,
      doubts: [...profile_doubts, ...noRoom("profile", bare_profile)],
      noise_only_hurts: true,
    }),
    judge({
      figure: scene,
      name: "getmetric.js: oldest age told",
      unit: "ms",
      samples: [Math.max(...profile.map(({ ages }) => ages?.max_ms ?? NaN))],
      relation: "≤",
      bound: AGE_MS_MAX,
      doubts: profile_doubts,
      noise_only_hurts: true,
    }),
    ...errors.length > 0 ? errors : [noErrors()],
    ...claims.map((claim) => {
      const room = claim.measure === "p95_ms" ? noRoom("raw client", bare) : [];
      return judgeClaim("GetMetric", claim, { bare, on, off }, [...raw_doubts, ...room]);
    }),
  ].map((check) => ({ ...check, figure: scene }));
}

function noErrors(): Check {
  const claim = { figure: "", unit: "", samples: [0], relation: "≤", bound: 0 } as const;
  return judge({ ...claim, name: "errors and failed checks" });
}

/**
 * Where a server as near to the bare one as the ratio asks would miss the bound all the same, the
 * machine is too slow to tell.
 */
function noRoom(client: string, bare: readonly Round[]): string[] {
  const p95_ms = median(bare.map(({ p95_ms }) => p95_ms));
  if (p95_ms * LOG_ON_P95_RATIO_MAX <= P95_MS_MAX || p95_ms > P95_MS_MAX) return [];
  const told = `${
    p95_ms.toFixed(1)
  } ms, and ${LOG_ON_P95_RATIO_MAX} × that is over ${P95_MS_MAX} ms`;
  return [`${client}: the bare server itself has a p95 of ${told}`];
}

/** Where even a server that does nothing misses the bound, the machine is at fault. */
export function bareMisses(client: string, bare: readonly Round[]): string[] {
  const p95_ms = median(bare.map(({ p95_ms }) => p95_ms));
  if (p95_ms <= P95_MS_MAX) return [];
  const told = `${p95_ms.toFixed(1)} ms, over ${P95_MS_MAX} ms`;
  return [`${client}: the bare server itself has a p95 of ${told}`];
}
