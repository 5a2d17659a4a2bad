/** Several runs told together, until the report has pages of its own for them. Pure. */
import type { JournalRecord } from "../journal/records.ts";
import type { Judgement } from "../judge/mod.ts";

/** A run among others. */
export interface IndexedRun {
  readonly name: string;
  /** Its folder, from the page's. */
  readonly dir: string;
  readonly records: readonly JournalRecord[];
  readonly judgement: Judgement;
}

/** A page with a row a run. */
export function indexPage(runs: readonly IndexedRun[]): string {
  const rows = runs.map(({ name, dir, judgement }) =>
    `<tr><td><a href="${escaped(dir)}/report.html">${escaped(name)}</a></td><td>${
      escaped(judgement.verdict)
    }</td><td>${escaped(judgement.sentence)}</td></tr>`
  );
  return `<!doctype html><meta charset="utf-8"><title>Chaos runs</title><table>${
    rows.join("\n")
  }</table>\n`;
}

/** Two runs' conditions side by side. */
export function compareRuns(
  before: Pick<IndexedRun, "judgement">,
  after: Pick<IndexedRun, "judgement">,
): string {
  const lines = before.judgement.conditions.map(({ condition, measured, verdict }, i) => {
    const other = after.judgement.conditions[i];
    const name = `${condition.when} ${condition.measure}`;
    return `  ${name.padEnd(34)} ${told(measured)} ${verdict.padEnd(13)} ${
      told(other?.measured ?? null)
    } ${other?.verdict ?? "–"}`;
  });
  return [
    `  ${"".padEnd(34)} ${before.judgement.verdict.padStart(12)}  ${after.judgement.verdict}`,
    ...lines,
    "",
  ].join("\n");
}

function told(value: number | null): string {
  return (value === null ? "–" : String(Math.round(value * 1000) / 1000)).padStart(12);
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}
