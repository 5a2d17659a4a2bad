/** The report as text: one screen. Pure. */
import {
  checkTable,
  conclusion,
  doubtLines,
  type Machine,
  machineLine,
  median,
  table,
  wholeNumber,
} from "../../tools/verdict/mod.ts";
import type { ArmOutcome, Outcome } from "./outcome.ts";

/** What the report is about. */
export interface ReportInput extends Outcome {
  machine: Machine;
  /** How it was measured, a line each. */
  method: readonly string[];
}

/** The whole report, without escape codes. */
export function renderReport({ machine, method, arms, checks, notes }: ReportInput): string {
  const lines = [machineLine(machine), ...method, ""];
  if (arms.length > 0) lines.push(...armTable(arms), "");
  if (checks.length > 0) lines.push(...checkTable(checks), "");
  lines.push(...notes, ...doubtLines(checks), conclusion(checks));
  return lines.join("\n") + "\n";
}

/** Medians of each arm, a line each. */
export function armTable(arms: readonly ArmOutcome[]): string[] {
  const header = [
    "median of rounds",
    "requests/s",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "CPU %",
    "µs a request",
  ];
  const rows = arms.map(({ label, rounds }) => {
    const middle = (pick: (round: typeof rounds[number]) => number) => median(rounds.map(pick));
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
