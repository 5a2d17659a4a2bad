/** The report of a run on one terminal screen. */
import type { JournalRecord } from "../journal/mod.ts";
import {
  type ConditionJudgement,
  faultsOn,
  instant,
  type Judgement,
  quantity,
  readRun,
  type Run,
  type Verdict,
} from "../judge/mod.ts";
import { latencyLines } from "./latencies.ts";
import { lanesOf, laneText, ROLE_LEGEND } from "./replicas.ts";
import { seriesOf } from "./series.ts";
import { columnOf, sparkline } from "./sparkline.ts";
import { clip, engineText, plainText, predictedText, VERDICT_SIGNS } from "./text.ts";

interface TerminalOptions {
  /** Width of the screen. At least 80 columns are used. */
  columns: number;
  color: boolean;
}

const COLUMNS_MIN = 80, COLUMNS_MAX = 160;
/** A value in a chart lasts until the next one, but at most this long, in ms. */
const HOLD_MS = 1000;
const LABEL_COLUMNS = 10, TOP_COLUMNS = 14;

type Style = "bold" | "dim" | Verdict;
const CODES: Readonly<Record<Style, string>> = {
  "bold": "1",
  "dim": "2",
  "held": "32",
  "broken": "31",
  "inconclusive": "33",
  "rollback failed": "35",
};

export function terminalReport(
  records: readonly JournalRecord[],
  judgement: Judgement,
  { columns, color }: TerminalOptions,
): string {
  const width = Math.max(COLUMNS_MIN, Math.min(columns, COLUMNS_MAX));
  const paint = (style: Style, text: string) =>
    color ? `\x1b[${CODES[style]}m${text}\x1b[0m` : text;
  const run = readRun(records);
  const lines = [
    ...headLines(run, judgement, width, paint),
    "",
    ...(run === null ? [] : [...chartLines(run, width, paint), ""]),
    ...measureLines(judgement, width, paint),
    ...latencyLines(judgement.latencies).map((line) => paint("dim", line)),
    ...effectLines(judgement, width, paint),
    ...doubtLines(judgement, width, paint),
    ...(run === null ? [] : footLines(run, width, paint)),
  ];
  return lines.join("\n") + "\n";
}

type Paint = (style: Style, text: string) => string;

function headLines(run: Run | null, judgement: Judgement, width: number, paint: Paint): string[] {
  const { verdict, sentence, decided_by } = judgement;
  const name = plainText(run?.header.plan.name ?? "run");
  const right = run === null
    ? ""
    : `${run.header.plan.quick ? "quick · " : ""}seed ${run.header.seed}`;
  const left = `${name}: ${VERDICT_SIGNS[verdict]} ${verdict}`;
  const gap = " ".repeat(Math.max(1, width - left.length - right.length));
  const lines = [
    `${paint("bold", `${name}:`)} ${paint(verdict, `${VERDICT_SIGNS[verdict]} ${verdict}`)}${gap}` +
    paint("dim", right),
  ];
  if (run !== null) lines.push(...wrap(`“${run.header.plan.claim}”`, width));
  lines.push(...wrap(sentence, width).map((line) => paint("bold", line)));
  if (decided_by !== null && decided_by.text !== sentence) {
    lines.push(...wrap(`at ${instant(decided_by.t_ms)}: ${decided_by.text}`, width, "  "));
  }
  return lines;
}

function chartLines(run: Run, width: number, paint: Paint): string[] {
  const from_ms = run.phases.find(({ phase }) => phase !== "preflight")?.from_ms ?? 0;
  const to_ms = run.end?.t_ms ?? run.last_ms;
  const scale = { from_ms, to_ms, columns: width - LABEL_COLUMNS - TOP_COLUMNS };
  const lines = seriesOf(run).map(({ name, points, control, unit }) => {
    const values = points.filter(({ t_ms }) => t_ms >= from_ms)
      .map(({ value }) => value).filter((value) => value !== null);
    const top = values.length === 0 ? "no data" : `max ${quantity(Math.max(...values), unit)}`;
    // Beside a control, a value lasts for a segment of the run.
    const hold_ms = control === undefined ? HOLD_MS : Infinity;
    const drawn = sparkline(points, { ...scale, hold_ms });
    return `${name.padEnd(LABEL_COLUMNS)}${drawn}${top.padStart(TOP_COLUMNS)}`;
  });
  const mark: string[] = Array(scale.columns).fill("·");
  for (const span of faultsOn(run)) {
    const first = columnOf(Math.max(span.from_ms, from_ms), scale) ?? 0;
    const last = columnOf(Math.min(span.to_ms, to_ms), scale) ?? scale.columns - 1;
    mark.fill("━", first, last + 1);
  }
  lines.push(`${"faults".padEnd(LABEL_COLUMNS)}${mark.join("")}`);
  for (const { name, roles } of lanesOf(run)) {
    lines.push(`${name.padEnd(LABEL_COLUMNS)}${laneText(roles, scale)}`.trimEnd());
  }
  const start = instant(from_ms), end = instant(to_ms);
  const between = " ".repeat(Math.max(1, scale.columns - start.length - end.length));
  lines.push(paint("dim", `${"".padEnd(LABEL_COLUMNS)}${start}${between}${end}`));
  if (run.roles.length > 0) lines.push(paint("dim", `${"".padEnd(LABEL_COLUMNS)}${ROLE_LEGEND}`));
  return lines;
}

function measureLines(judgement: Judgement, width: number, paint: Paint): string[] {
  const { conditions, measures } = judgement;
  const names = measures.map(({ name }) => name.length);
  const name_columns = Math.min(Math.max(...names, 8), width - 46);
  const row = (sign: string, [name, measured, predicted, because]: readonly string[]) => {
    const cells = `${sign} ${clip(plainText(name), name_columns).padEnd(name_columns)} ` +
      `${measured.padStart(10)}  ${predicted.padEnd(12)}`;
    return `${cells} ${clip(plainText(because), Math.max(0, width - cells.length - 1))}`.trimEnd();
  };
  const lines = [paint("dim", row(" ", ["", "measured", "predicted", "because"]))];
  for (const [i, measure] of measures.entries()) {
    const judged: ConditionJudgement | undefined = conditions[i];
    const sign = judged === undefined ? " " : VERDICT_SIGNS[judged.verdict];
    const { name, measured, unit, because } = measure;
    const line = row(sign, [name, quantity(measured, unit), predictedText(measure), because]);
    const style = judged === undefined ? "dim" : judged.verdict;
    lines.push(
      judged?.verdict === "held" ? paint("held", sign) + line.slice(1) : paint(style, line),
    );
  }
  return lines;
}

function effectLines({ fault_effects }: Judgement, width: number, paint: Paint): string[] {
  return fault_effects.flatMap(({ fault_id, took_effect, evidence }) => {
    const lines = wrap(
      `${took_effect ? "took effect" : "no effect"}: ${fault_id}: ${evidence}`,
      width,
      "  ",
    );
    return took_effect ? lines : lines.map((line) => paint("inconclusive", line));
  });
}

function doubtLines({ doubts }: Judgement, width: number, paint: Paint): string[] {
  return doubts.flatMap((doubt) => wrap(`doubt: ${doubt}`, width, "  "))
    .map((line) => paint("inconclusive", line));
}

function footLines(run: Run, width: number, paint: Paint): string[] {
  const { engines, subject, machine } = run.header;
  const faults = engineText(engines.tcp, (tcp) => `faults by ${tcp}`);
  const text = `${subject} · ${faults} · load by ${engines.load} · ${machine}`;
  return wrap(text, width).map((line) => paint("dim", line));
}

/** Breaks at spaces, and indents every line. */
function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of plainText(text).split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, indent + line];
}
