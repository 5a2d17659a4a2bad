/** Claims of figures a to d, and how rounds are judged against them. Pure. */
import { type Check, judge, ratios } from "../../tools/verdict/mod.ts";
import {
  doubtsAbout,
  LIST_RATE_RATIO_MIN,
  LOG_OFF_P95_RATIO_MAX,
  LOG_OFF_RATE_RATIO_MIN,
  LOG_ON_P95_MS_MAX,
  LOG_ON_P95_RATIO_MAX,
  LOG_ON_RATE_RATIO_MIN,
  NOT_MODIFIED_RATE_RATIO_MIN,
  type Round,
} from "../rig/mod.ts";

export interface Load {
  what: "GetMetric" | "ListMetrics" | "ListMetrics 304";
  claims: readonly ThroughputClaim[];
}

/** A bound for metrics_server beside a bare server. */
export interface ThroughputClaim {
  figure: "a" | "b" | "c" | "d";
  log: "on" | "off";
  /** Rate or p95 over the bare server's, or p95 in milliseconds. */
  measure: "rate_ratio" | "p95_ratio" | "p95_ms";
  bound: number;
}

export const LOADS: readonly Load[] = [
  {
    what: "GetMetric",
    claims: [
      { figure: "a", log: "on", measure: "rate_ratio", bound: LOG_ON_RATE_RATIO_MIN },
      { figure: "a", log: "on", measure: "p95_ratio", bound: LOG_ON_P95_RATIO_MAX },
      { figure: "a", log: "on", measure: "p95_ms", bound: LOG_ON_P95_MS_MAX },
      { figure: "b", log: "off", measure: "rate_ratio", bound: LOG_OFF_RATE_RATIO_MIN },
      { figure: "b", log: "off", measure: "p95_ratio", bound: LOG_OFF_P95_RATIO_MAX },
    ],
  },
  {
    what: "ListMetrics",
    claims: [
      { figure: "c", log: "on", measure: "rate_ratio", bound: LIST_RATE_RATIO_MIN },
      { figure: "c", log: "off", measure: "rate_ratio", bound: LIST_RATE_RATIO_MIN },
    ],
  },
  {
    what: "ListMetrics 304",
    claims: [
      { figure: "d", log: "on", measure: "rate_ratio", bound: NOT_MODIFIED_RATE_RATIO_MIN },
      { figure: "d", log: "off", measure: "rate_ratio", bound: NOT_MODIFIED_RATE_RATIO_MIN },
    ],
  },
];

/** Rounds of three servers under one load, taken in turn. */
interface LoadRounds {
  bare: readonly Round[];
  on: readonly Round[];
  off: readonly Round[];
}

/** Judges one claim; `doubts` concern all rounds. */
export function judgeClaim(
  what: string,
  { figure, log, measure, bound }: ThroughputClaim,
  rounds: LoadRounds,
  doubts: readonly string[],
): Check {
  const ours = rounds[log];
  const name = `${what}, log ${log}: ${MEASURES[measure]}`;
  if (measure === "p95_ms") {
    const samples = ours.map(({ p95_ms }) => p95_ms);
    const claim = { figure, name, unit: "ms", samples, bound, doubts };
    return judge({ ...claim, relation: "≤", noise_only_hurts: true });
  }
  const pick = ({ rate_per_s, p95_ms }: Round) => measure === "rate_ratio" ? rate_per_s : p95_ms;
  return judge({
    figure,
    name,
    unit: "×",
    samples: ratios(ours.map(pick), rounds.bare.map(pick)),
    relation: measure === "rate_ratio" ? "≥" : "≤",
    bound,
    doubts: [...doubts, ...doubtsAbout(ours, rounds.bare)],
  });
}

/** A broken check if responses were wrong or missing, else no check. */
export function judgeErrors(what: string, rounds: readonly Round[]): Check[] {
  const wrong = rounds.filter(({ bad }) => bad > 0);
  if (wrong.length === 0) return [];
  const details = summed(wrong.map(({ bad_detail }) => bad_detail));
  const samples = [wrong.reduce((total, { bad }) => total + bad, 0)];
  const claim = { figure: "a–d", unit: "", relation: "≤", bound: 0 } as const;
  return [judge({ ...claim, name: `${what}: errors (${details})`, samples })];
}

/** Sums counts by kind: `timeout 2, refused 1` and `timeout 3` make `timeout 5, refused 1`. */
function summed(details: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const part of details.flatMap((detail) => detail.split(", "))) {
    const [, kind, count] = /^(.*) (\d+)$/.exec(part) ?? [part, part, "1"];
    counts.set(kind, (counts.get(kind) ?? 0) + Number(count));
  }
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(", ");
}

const MEASURES = {
  rate_ratio: "requests/s to bare",
  p95_ratio: "p95 to bare",
  p95_ms: "p95",
} as const;
