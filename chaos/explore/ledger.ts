/** The runs of all explorations, one line each. */
import { Coverage } from "./coverage.ts";

/** Runs that the ledger keeps; older ones are forgotten. */
export const LEDGER_RUNS_MAX = 5_000;

/** One run. */
export interface LedgerEntry {
  readonly seed: number;
  readonly verdict: string;
  readonly trials: readonly string[];
}

/** Reads a ledger's text; lines that are no entries are left out. */
export function readLedger(text: string): LedgerEntry[] {
  return text.split("\n").flatMap((line) => {
    try {
      const entry = JSON.parse(line);
      return Array.isArray(entry?.trials) ? [entry as LedgerEntry] : [];
    } catch {
      return [];
    }
  }).slice(-LEDGER_RUNS_MAX);
}

export function ledgerText(entries: readonly LedgerEntry[]): string {
  return entries.slice(-LEDGER_RUNS_MAX).map((entry) => `${JSON.stringify(entry)}\n`).join("");
}

export function coverageOf(entries: readonly LedgerEntry[]): Coverage {
  const coverage = new Coverage();
  for (const { trials } of entries) coverage.add(trials);
  return coverage;
}
