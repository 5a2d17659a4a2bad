/** How long the gate still takes, for its progress lines. Pure. */
import { type GateOptions, type Scene, SCENES } from "./options.ts";

/** Contenders of a round at default settings; a baseline is one more. */
const CONTENDERS = 5;
/** Per contender and round: its warm-up, and the start of the process that loads it. */
const CONTENDER_EXTRA_S = 0.8;
/** Per pair of servers: warm-up, and the request that ends last. */
const PAIR_EXTRA_S = 0.4;
/** Per round with and without refreshes: the wait until the server holds or refreshes. */
const REFRESH_EXTRA_S = 2;
/** Start and warm-up of the servers of a scene. */
const START_S: Readonly<Record<Scene, number>> = { default: 10, steady: 5, refresh: 3 };

/** Seconds of one round of a scene. */
function roundSeconds(scene: Scene, options: GateOptions): number {
  const { seconds, steady_seconds, refresh_seconds, baseline } = options;
  const more = baseline === null ? 0 : 1;
  if (scene === "default") return (CONTENDERS + more) * (seconds + CONTENDER_EXTRA_S);
  if (scene === "steady") return steady_seconds + PAIR_EXTRA_S;
  return (2 + more) * (refresh_seconds + REFRESH_EXTRA_S);
}

/**
 * Seconds from the start of a round, counted from 0, to the end of the last scene. Disturbed rounds
 * that are repeated come on top.
 */
export function timeLeft(options: GateOptions, scene: Scene, round: number): number {
  const { rounds, steady_rounds, refresh_rounds } = options;
  const rounds_of = { default: rounds, steady: steady_rounds, refresh: refresh_rounds };
  const later = SCENES.slice(SCENES.indexOf(scene) + 1).filter((one) => options.scenes.has(one));
  const rest = later.map((one) => START_S[one] + rounds_of[one] * roundSeconds(one, options));
  const own = Math.max(1, rounds_of[scene] - round) * roundSeconds(scene, options);
  // The ages are watched for a round of their own at the end of the refreshes.
  const ages = options.scenes.has("refresh") ? options.refresh_seconds : 0;
  return Math.round(rest.reduce((sum, seconds) => sum + seconds, own + ages));
}
