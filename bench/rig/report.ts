/** Outcome of a measurement, and the report as one screen of text. Pure. */
import {
  type Check,
  checkTable,
  conclusion,
  doubtLines,
  type Machine,
  machineLine,
  median,
  table,
  wholeNumber,
} from "../../tools/verdict/mod.ts";
import type { Round } from "./rounds.ts";

/** Rounds and the checks made from them. */
export interface Outcome {
  contenders: { label: string; rounds: readonly Round[] }[];
  checks: Check[];
  notes: string[];
}

export function joined(outcomes: readonly Outcome[]): Outcome {
  return {
    contenders: outcomes.flatMap(({ contenders }) => contenders),
    checks: outcomes.flatMap(({ checks }) => checks),
    notes: outcomes.flatMap(({ notes }) => notes),
  };
}

/** The outcome with the keys of the JSON files, which call contenders `arms`. */
export function outcomeJson({ contenders, checks, notes }: Outcome): object {
  return { arms: contenders, checks, notes };
}

interface ReportInput extends Outcome {
  machine: Machine;
  method: readonly string[];
}

export function renderReport({ machine, method, contenders, checks, notes }: ReportInput): string {
  const lines = [machineLine(machine), ...method, ""];
  if (contenders.length > 0) lines.push(...contenderTable(contenders), "");
  if (checks.length > 0) lines.push(...checkTable(checks), "");
  lines.push(...notes, ...doubtLines(checks), conclusion(checks));
  return lines.join("\n") + "\n";
}

function contenderTable(contenders: Outcome["contenders"]): string[] {
  const latencies = ["p50 ms", "p95 ms", "p99 ms"];
  const header = ["median of rounds", "requests/s", ...latencies, "CPU %", "µs per request"];
  const rows = contenders.map(({ label, rounds }) => {
    const middle = (pick: (round: Round) => number) => median(rounds.map(pick));
    return [
      label,
      wholeNumber(middle(({ rate_per_s }) => rate_per_s)),
      middle(({ p50_ms }) => p50_ms).toFixed(2),
      middle(({ p95_ms }) => p95_ms).toFixed(2),
      middle(({ p99_ms }) => p99_ms).toFixed(2),
      (middle(({ cpu_share }) => cpu_share) * 100).toFixed(0),
      middle(({ cpu_share, rate_per_s }) => cpu_share * 1e6 / rate_per_s).toFixed(2),
    ];
  });
  return table([header, ...rows], [false, true, true, true, true, true, true]);
}
