/** Checks and numbers as text. Pure. */
import type { Check } from "./verdict.ts";

/** One line per check. */
export function checkTable(checks: readonly Check[]): string[] {
  const header = ["", "figure", "measured", "bound", "rounds", "verdict"];
  const rows = checks.map(({ figure, name, unit, value, relation, bound, samples, verdict }) => [
    figure,
    name,
    quantity(value, unit),
    `${relation} ${quantity(bound, unit)}`,
    samples.length < 2 ? "" : `${number(Math.min(...samples))}–${number(Math.max(...samples))}`,
    verdict === "holds" ? "holds" : verdict.toUpperCase(),
  ]);
  return table([header, ...rows], [false, false, true, true, true, false]);
}

/** One line per doubt, with the figures it concerns. */
export function doubtLines(checks: readonly Check[]): string[] {
  const doubted = new Map<string, string[]>();
  for (const { figure, doubts } of checks) {
    for (const doubt of doubts) doubted.set(doubt, [...doubted.get(doubt) ?? [], figure]);
  }
  return [...doubted].map(([doubt, figures]) =>
    `inconclusive ${[...new Set(figures)].join(", ")}: ${doubt}`
  );
}

/** Number of checks by verdict. */
export function conclusion(checks: readonly Check[]): string {
  const count = (verdict: Check["verdict"]) =>
    checks.filter((check) => check.verdict === verdict).length;
  return `${count("holds")} hold, ${count("broken")} broken, ${count("inconclusive")} inconclusive`;
}

/** Aligns columns; `right` lists the right-aligned ones. */
export function table(rows: readonly string[][], right: readonly boolean[]): string[] {
  const widths = right.map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row.map((cell, i) => right[i] ? cell.padStart(widths[i]) : cell.padEnd(widths[i]))
      .join("  ").trimEnd()
  );
}

function quantity(value: number, unit: string): string {
  return unit === "" ? number(value) : `${number(value)} ${unit}`;
}

/** Two decimals below 100. */
function number(value: number): string {
  if (!Number.isFinite(value)) return "–";
  if (Number.isInteger(value)) return wholeNumber(value);
  return Math.abs(value) < 100 ? value.toFixed(2) : wholeNumber(value);
}

/** `12,345`, or a dash for NaN. */
export function wholeNumber(value: number): string {
  return Number.isFinite(value) ? Math.round(value).toLocaleString("en-US") : "–";
}

/** `12 %` */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
