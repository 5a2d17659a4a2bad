/** Reasons not to trust a measurement. Pure. */
import { median, percent, ROUNDS_MIN, spread } from "../../tools/verdict/mod.ts";
import { RESPONSES_MIN, RIVAL_CPU_SHARE_MIN, RIVAL_SPREAD_MAX } from "./bounds.ts";

export interface RoundFacts {
  rate_per_s: number;
  responses: number;
  /** CPU time of the server's main thread over the length of the round; NaN if unknown. */
  cpu_share: number;
}

/** Doubts about a server and its rival, from rounds taken in turn. */
export function doubtsAbout(
  rounds: readonly RoundFacts[],
  rivals: readonly RoundFacts[],
): string[] {
  return [
    ...tooFew(rounds),
    // The rival's shortage counts only if the server has none.
    ...tooFew(rivals).filter(() => tooFew(rounds).length === 0),
    ...unsteady(rivals),
    ...rivalNotBusy(rivals),
  ];
}

function tooFew(rounds: readonly RoundFacts[]): string[] {
  if (rounds.length < ROUNDS_MIN) return [`${rounds.length} rounds, fewer than ${ROUNDS_MIN}`];
  const fewest = Math.min(...rounds.map(({ responses }) => responses));
  return fewest < RESPONSES_MIN
    ? [`a round of ${fewest} responses, fewer than ${RESPONSES_MIN}`]
    : [];
}

function unsteady(rivals: readonly RoundFacts[]): string[] {
  const wide = spread(rivals.map(({ rate_per_s }) => rate_per_s));
  return wide > RIVAL_SPREAD_MAX
    ? [`the rival's rates spread over ${percent(wide)}, more than ${percent(RIVAL_SPREAD_MAX)}`]
    : [];
}

function rivalNotBusy(rivals: readonly RoundFacts[]): string[] {
  const share = median(rivals.map(({ cpu_share }) => cpu_share));
  if (!(share < RIVAL_CPU_SHARE_MIN)) return [];
  const [busy, min] = [percent(share), percent(RIVAL_CPU_SHARE_MIN)];
  return [
    `the rival's thread was busy ${busy}, less than ${min}: the load generator or the machine was the limit`,
  ];
}
