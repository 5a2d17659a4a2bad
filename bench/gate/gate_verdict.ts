/** From checks to the gate's verdict. Pure. */
import type { Check } from "../../tools/verdict/mod.ts";

/** What the gate says. */
export type GateVerdict = "pass" | "fail" | "inconclusive";

/** Exit codes of `deno task gate`. */
export const GATE_EXIT: Readonly<Record<GateVerdict, 0 | 1 | 2>> = {
  pass: 0,
  fail: 1,
  inconclusive: 2,
};

/** Verdict and the sentence that says why. */
export interface GateConclusion {
  verdict: GateVerdict;
  reason: string;
}

/**
 * Fails where a bound is broken without a doubt, whatever else is doubtful; passes only where every
 * check was made and holds.
 */
export function concludeGate(checks: readonly Check[]): GateConclusion {
  const broken = checks.filter(({ verdict }) => verdict === "broken");
  const doubted = checks.filter(({ verdict }) => verdict === "inconclusive");
  if (broken.length > 0) {
    return { verdict: "fail", reason: broken.map(sentence).join("; ") };
  }
  if (doubted.length > 0) {
    const reasons = [...new Set(doubted.flatMap(({ doubts }) => doubts))];
    return { verdict: "inconclusive", reason: reasons.join("; ") };
  }
  if (checks.length === 0) return { verdict: "inconclusive", reason: "nothing was measured" };
  return { verdict: "pass", reason: `all ${checks.length} bounds hold` };
}

/** `default: p95 8.1 ms, must be ≤ 7 ms` */
export function sentence({ figure, name, value, unit, relation, bound }: Check): string {
  const told = (number: number) => {
    const text = Number.isInteger(number) ? String(number) : number.toFixed(2);
    return unit === "" ? text : `${text} ${unit}`;
  };
  return `${figure}: ${name} is ${told(value)}, must be ${relation} ${told(bound)}`;
}
