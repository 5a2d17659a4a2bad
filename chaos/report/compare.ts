/** Two runs side by side. Pure. */
import type { JournalRecord } from "../journal/mod.ts";
import { type Judgement, type MeasuredQuantity, quantity, readRun } from "../judge/mod.ts";
import { clip, plainText, predictedText, VERDICT_SIGNS, verdictText } from "./text.ts";

interface ComparedRun {
  readonly records: readonly JournalRecord[];
  readonly judgement: Judgement;
}

const NAME_COLUMNS = 36, VALUE_COLUMNS = 18;

/**
 * Both runs, then a line for each quantity with both values, both verdicts and the change. A
 * quantity that only one run measured has a dash for the other.
 */
export function compareRuns(before: ComparedRun, after: ComparedRun): string {
  const rows = pairs(before.judgement, after.judgement).map(({ name, first, second }) => {
    const either = second ?? first;
    const cells = [first, second].map((one) =>
      `${one === undefined ? " " : one.sign} ${
        quantity(one?.measure.measured ?? null, either?.measure.unit ?? "")
      }`.padStart(VALUE_COLUMNS)
    );
    const predicted = either === undefined ? "" : predictedText(either.measure);
    const line = `${clip(name, NAME_COLUMNS - 1).padEnd(NAME_COLUMNS)}${cells.join("")}${
      difference(first?.measure, second?.measure).padStart(10)
    }  ${predicted}`;
    return line.trimEnd();
  });
  const names = [before, after].map(({ judgement }) =>
    verdictText(judgement.verdict).padStart(VALUE_COLUMNS)
  );
  const runs = [before, after].map(({ records }, i) =>
    `${i === 0 ? "first" : "second"}: ${runText(records)}`
  );
  return [
    ...runs,
    "",
    `${"".padEnd(NAME_COLUMNS)}${"first".padStart(VALUE_COLUMNS)}${
      "second".padStart(VALUE_COLUMNS)
    }${"change".padStart(10)}  predicted`,
    `${"verdict".padEnd(NAME_COLUMNS)}${names.join("")}`,
    ...rows,
    ...[before, after].flatMap(({ judgement }, i) =>
      judgement.verdict === "held"
        ? []
        : [`${i === 0 ? "first" : "second"}: ${plainText(judgement.sentence)}`]
    ),
    "",
  ].join("\n");
}

/** `outage, quick, seed 7, metrics_server`. */
function runText(records: readonly JournalRecord[]): string {
  const header = readRun(records)?.header;
  if (header === undefined) return "a run";
  const { plan, seed, subject } = header;
  return plainText(`${plan.name}${plan.quick ? ", quick" : ""}, seed ${seed}, ${subject}`);
}

interface SignedMeasure {
  measure: MeasuredQuantity;
  /** Sign of its condition's verdict; a blank without a condition. */
  sign: string;
}

function pairs(before: Judgement, after: Judgement) {
  const of = ({ measures, conditions }: Judgement) =>
    new Map(measures.map((measure, i): [string, SignedMeasure] => {
      const judged = conditions[i];
      return [measure.name, { measure, sign: judged ? VERDICT_SIGNS[judged.verdict] : " " }];
    }));
  const first = of(before), second = of(after);
  return [...new Set([...first.keys(), ...second.keys()])].map((name) => ({
    name,
    first: first.get(name),
    second: second.get(name),
  }));
}

/** `+12 %`; empty if a value is missing or both are equal. */
function difference(
  first: MeasuredQuantity | undefined,
  second: MeasuredQuantity | undefined,
): string {
  const from = first?.measured ?? null, to = second?.measured ?? null;
  if (from === null || to === null || from === to) return "";
  if (from === 0) return to > 0 ? "up" : "down";
  const percent = Math.round((to / from - 1) * 100);
  return percent === 0 ? "" : `${percent > 0 ? "+" : "−"}${Math.abs(percent)} %`;
}
