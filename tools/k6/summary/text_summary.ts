/** The summary as one screen of text. */
import { BUILTIN_METRICS } from "../metrics/metric.ts";
import { parseExpression } from "../metrics/threshold_expression.ts";
import type { SummaryCheck, SummaryData, SummaryGroup, SummaryMetric } from "./summary.ts";
import { formatNumber, formatShare, formatValue, type TimeUnit } from "./units.ts";

interface TextSummaryOptions {
  /** Prefix of each line; default one space. */
  indent?: string;
  /** Default: as in the options of the run. */
  enableColors?: boolean;
  /** `full` shows every HTTP metric and every check. */
  mode?: "compact" | "full";
}

/** Checks in a compact summary; failed checks come first. */
const COMPACT_CHECKS_MAX = 8;
/** HTTP metrics of a compact summary, besides those with thresholds. */
const COMPACT_HTTP: readonly string[] = ["http_req_duration", "http_req_failed", "http_reqs"];

/** Formats the summary. The layout may change; programs read `handleSummary` data instead. */
export function textSummary(data: SummaryData, options: TextSummaryOptions = {}): string {
  const { indent = " ", enableColors = !data.options.noColor, mode = "compact" } = options;
  const paint = enableColors ? colored : plain;
  const context: Context = { data, paint, mode, unit: data.options.summaryTimeUnit as TimeUnit };
  const sections = [...thresholdSection(context), ...resultSection(context)];
  return sections.map((line) => line === "" ? "\n" : `${indent}${line}\n`).join("").trimEnd() +
    "\n";
}

interface Context {
  data: SummaryData;
  paint: Paint;
  mode: "compact" | "full";
  unit: TimeUnit;
}

type Paint = (color: keyof typeof COLORS, text: string) => string;
const COLORS = { green: 32, red: 31, bold: 1, faint: 2 } as const;
const colored: Paint = (color, text) => `\x1b[${COLORS[color]}m${text}\x1b[0m`;
const plain: Paint = (_color, text) => text;

function thresholdSection({ data, paint, unit }: Context): string[] {
  const judged = Object.entries(data.metrics).filter(([, { thresholds }]) => thresholds);
  if (judged.length === 0) return [];
  const lines = [paint("bold", "█ THRESHOLDS"), ""];
  for (const [label, metric] of judged) {
    lines.push(`  ${label}`);
    for (const [source, { ok, value, no_samples }] of Object.entries(metric.thresholds!)) {
      const found = no_samples ? "no samples" : measured(source, value, metric, unit);
      lines.push(`  ${mark(ok, paint)} '${source}' ${found}`);
    }
  }
  return [...lines, ""];
}

/** The figure of a threshold, such as `p(95)=6.1ms`. */
function measured(
  source: string,
  value: number | undefined,
  { contains, type }: SummaryMetric,
  unit: TimeUnit,
): string {
  if (value === undefined) return ""; // data from another k6 program
  const { label } = parseExpression(source).aggregation;
  if (type === "rate") return `${label}=${formatShare(value)}`;
  if (type === "counter" && label === "rate") return `${label}=${formatNumber(value)}/s`;
  return `${label}=${formatValue(value, contains, unit)}`;
}

function resultSection(context: Context): string[] {
  const { data: { metrics }, paint, unit } = context;
  const lines = [paint("bold", "█ TOTAL RESULTS"), "", ...checkLines(context)];
  for (const title of ["CUSTOM", "HTTP", "EXECUTION", "NETWORK"]) {
    const names = Object.keys(metrics).filter((name) => sectionOf(name, context) === title).sort();
    if (names.length === 0) continue;
    const rows = dottedRows(names.map((name) => rowOf(name, metrics[name], unit)));
    lines.push(`  ${paint("bold", title)}`, ...rows.map((row) => `  ${row}`), "");
  }
  return lines;
}

/** The section of a metric; null if it is not shown. */
function sectionOf(name: string, { data, mode }: Context): string | null {
  const base = baseOf(name);
  if (!(base in BUILTIN_METRICS)) return "CUSTOM";
  if (base === "checks") return null;
  if (!base.startsWith("http_")) return base.startsWith("data_") ? "NETWORK" : "EXECUTION";
  if (mode === "full" || COMPACT_HTTP.includes(base)) return "HTTP";
  const has_thresholds = Object.entries(data.metrics).some(([other, { thresholds }]) =>
    baseOf(other) === base && thresholds !== undefined
  );
  return has_thresholds ? "HTTP" : null;
}

function rowOf(name: string, metric: SummaryMetric, unit: TimeUnit): Row {
  const brace = name.indexOf("{");
  const row = { name: brace < 0 ? name : name.slice(brace + 1, -1), is_sub: brace >= 0 };
  return Object.values(metric.thresholds ?? {}).some(({ no_samples }) => no_samples)
    ? { ...row, kind: "none", cells: ["no samples"] }
    : { ...row, kind: metric.type, cells: cellsOf(metric, unit) };
}

function cellsOf({ type, contains, values }: SummaryMetric, unit: TimeUnit): string[] {
  const format = (value: number) => formatValue(value, contains, unit);
  switch (type) {
    case "counter": {
      const rate = contains === "data" ? format(values.rate) : formatNumber(values.rate);
      return [format(values.count), `${rate}/s`];
    }
    case "gauge":
      return [format(values.value), `min=${format(values.min)}`, `max=${format(values.max)}`];
    case "rate":
      return shareCells(values.passes, values.passes + values.fails);
    case "trend":
      return Object.entries(values).map(([stat, value]) =>
        `${stat}=${stat === "count" ? value : format(value)}`
      );
  }
}

function shareCells(part: number, total: number): string[] {
  return [formatShare(total === 0 ? 0 : part / total), `${part} out of ${total}`];
}

function checkLines({ data, paint, mode }: Context): string[] {
  const { checks } = data.metrics;
  if (checks === undefined) return [];
  const { passes, fails } = checks.values;
  const total = passes + fails;
  const seconds = data.state.testRunDurationMs / 1000;
  const per_second = `${formatNumber(seconds > 0 ? total / seconds : 0)}/s`;
  const lines = [
    ...dottedRows([
      { name: "checks_total", kind: "", cells: [String(total), per_second] },
      { name: "checks_succeeded", kind: "", cells: shareCells(passes, total) },
      { name: "checks_failed", kind: "", cells: shareCells(fails, total) },
    ]),
    "",
  ];
  const all = checksOf(data.root_group).sort((a, b) => Number(b.fails > 0) - Number(a.fails > 0));
  const shown = mode === "full" ? all : all.slice(0, COMPACT_CHECKS_MAX);
  lines.push(...shown.flatMap((check) => checkLine(check, paint)));
  if (shown.length < all.length) {
    const rest = all.slice(shown.length);
    const failed = rest.filter(({ fails }) => fails > 0).length;
    lines.push(paint("faint", `… and ${rest.length} more, ${failed} of them failed at least once`));
  }
  return [...lines.map((line) => line === "" ? "" : `  ${line}`), ""];
}

function checkLine({ path, passes, fails }: SummaryCheck, paint: Paint): string[] {
  const label = path.replace(/^::/, "");
  if (fails === 0) return [`${mark(true, paint)} ${label}`];
  const share = formatShare(passes / (passes + fails));
  return [`✗ ${label}`, `  ↳ ${share}: ${passes} passed, ${fails} failed`]
    .map((line) => paint("red", line));
}

function checksOf(group: SummaryGroup): SummaryCheck[] {
  return [...group.checks, ...group.groups.flatMap(checksOf)];
}

function mark(ok: boolean, paint: Paint): string {
  return ok ? paint("green", "✓") : paint("red", "✗");
}

function baseOf(name: string): string {
  const brace = name.indexOf("{");
  return brace < 0 ? name : name.slice(0, brace);
}

/** A name and its cells. */
interface Row {
  name: string;
  /** Indented under the row above. */
  is_sub?: boolean;
  cells: readonly string[];
  /** Rows of one kind share columns. */
  kind: string;
}

const DOTS_MIN = 3;

/** Aligns names, dots and cells: `vus...: 1 min=1`. */
function dottedRows(rows: readonly Row[]): string[] {
  const names = rows.map(({ name, is_sub }) => is_sub ? `  { ${name} }` : name);
  const width = Math.max(0, ...names.map((name) => name.length)) + DOTS_MIN;
  return rows.map(({ cells, kind }, index) => {
    const dots = ".".repeat(width - names[index].length);
    const padded = cells.map((cell, column) =>
      column === cells.length - 1 ? cell : cell.padEnd(columnWidth(rows, kind, column))
    );
    return `${names[index]}${dots}: ${padded.join(" ")}`.trimEnd();
  });
}

function columnWidth(rows: readonly Row[], kind: string, column: number): number {
  return Math.max(
    ...rows.filter((row) => row.kind === kind).map(({ cells }) => cells[column]?.length ?? 0),
  );
}
