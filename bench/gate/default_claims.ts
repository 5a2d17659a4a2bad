/** Claims about metrics_server at default settings. Pure. */
import { LOG_ON_P95_RATIO_MAX, type Round } from "../rig/mod.ts";
import { type Check, judge, median } from "../../tools/verdict/mod.ts";
import { judgeClaim, judgeErrors, LOADS } from "../serve/throughput_claims.ts";

/** GetMetric, p95 in every scene, in milliseconds. */
export const P95_MS_MAX = 7;
/** Oldest data: the source's interval, one poll of 1.5 s, a margin. AGE_MAX_MS of the profiles. */
export const AGE_MS_MAX = 15_000;

/** Rounds taken in turn. */
interface DefaultRounds {
  bare: readonly Round[];
  /** Load of the raw client, access log on. */
  on: readonly Round[];
  /** Load of the raw client, access log off. */
  off: readonly Round[];
  /** Load of the k6 profile, access log on. */
  profile: readonly Round[];
  bare_profile: readonly Round[];
}

/** Judges the profile's p95 and ages, the ratios to the bare server, and errors. */
export function judgeDefaultRounds(
  scene: string,
  rounds: DefaultRounds,
  doubts: readonly string[],
): Check[] {
  const { bare, on, off, profile, bare_profile } = rounds;
  const rawDoubts = (ratio?: number) => [...doubts, ...bareMisses("raw client", bare, ratio)];
  // The profile's client does more work per request: a bare server under it shows its share.
  const profileDoubts = (ratio?: number) => [
    ...doubts,
    ...bareMisses("profile", bare_profile, ratio),
  ];
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
      doubts: profileDoubts(LOG_ON_P95_RATIO_MAX),
      noise_only_hurts: true,
    }),
    judge({
      figure: scene,
      name: "getmetric.js: oldest reported age",
      unit: "ms",
      samples: [Math.max(...profile.map(({ ages }) => ages?.max_ms ?? NaN))],
      relation: "≤",
      bound: AGE_MS_MAX,
      doubts: profileDoubts(),
      noise_only_hurts: true,
    }),
    ...errors.length > 0 ? errors : [noErrors()],
    ...claims.map((claim) => {
      const claim_doubts = rawDoubts(claim.measure === "p95_ms" ? LOG_ON_P95_RATIO_MAX : 1);
      return judgeClaim("GetMetric", claim, { bare, on, off }, claim_doubts);
    }),
  ].map((check) => ({ ...check, figure: scene }));
}

function noErrors(): Check {
  const claim = { figure: "", unit: "", samples: [0], relation: "≤", bound: 0 } as const;
  return judge({ ...claim, name: "errors and failed checks" });
}

/** Doubts if the bare server, or one `ratio` times as slow (which is allowed), misses the bound. */
function bareMisses(client: string, bare: readonly Round[], ratio = 1): string[] {
  const p95_ms = median(bare.map(({ p95_ms }) => p95_ms));
  if (p95_ms * ratio <= P95_MS_MAX) return [];
  const over = p95_ms > P95_MS_MAX ? "over" : `and ${ratio} × that is over`;
  const p95 = `${p95_ms.toFixed(1)} ms, ${over} ${P95_MS_MAX} ms`;
  return [`${client}: the bare server itself has a p95 of ${p95}`];
}
