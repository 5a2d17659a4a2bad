/** Times contenders in turn and judges the rate. */
import { type Check, disturbed, judge, median, startForeignLoad } from "../../tools/verdict/mod.ts";
import { buildMatrix } from "../sample/matrix.ts";
import { type Contender, metricsServerParser, type Read, stdCsvParser } from "./contenders.ts";

/** Slowest that is fast enough, in millions of cells a second. */
export const CELLS_M_PER_S_MIN = 30;

/** Least advantage over `@std/csv` in the same rounds. */
export const STD_CSV_RATIO_MIN = 6;

/** A sample is read over and over for at least this long, in milliseconds. */
const SAMPLE_MS_MIN = 60;

const WARMUP_RUNS = 3;

/** Rates of the rounds, in millions of cells a second. */
export interface Comparison {
  rows: number;
  columns: number;
  bytes: number;
  ours: number[];
  std: number[];
  checks: Check[];
}

/** Compares on a sample of `rows` × `columns`, the identity column among them. */
export function compareParsers(rows: number, columns: number, rounds: number): Comparison {
  const sample = buildMatrix(rows, columns - 1, 1);
  const cells = rows * columns;
  const parsers = [metricsServerParser(sample, rows * (columns + 1)), stdCsvParser(sample)];
  for (let i = 0; i < WARMUP_RUNS; i++) {
    for (const parser of parsers) parser();
  }
  assertSame(parsers[0](), parsers[1](), rows, columns);
  const foreignShare = startForeignLoad();
  const rates: number[][] = [[], []];
  for (let round = 0; round < rounds; round++) {
    for (const i of round % 2 === 0 ? [0, 1] : [1, 0]) {
      rates[i].push(cells / 1e6 / secondsOf(parsers[i]));
    }
  }
  const [ours, std] = rates;
  const doubts = disturbed(foreignShare());
  const figure = `${rows.toLocaleString("en-US")} × ${columns}`;
  return {
    rows,
    columns,
    bytes: sample.length,
    ours,
    std,
    checks: [
      judge({
        figure,
        name: "metrics_server's parser",
        unit: "M cells/s",
        samples: ours,
        relation: "≥",
        bound: CELLS_M_PER_S_MIN,
        doubts,
        noise_only_hurts: true,
      }),
      judge({
        figure,
        name: `to @std/csv (${median(std).toFixed(1)} M cells/s)`,
        unit: "×",
        samples: ours.map((rate, i) => rate / std[i]),
        relation: "≥",
        bound: STD_CSV_RATIO_MIN,
        doubts,
      }),
    ],
  };
}

/** Seconds one run takes, from as many runs as make a sample. */
function secondsOf(parser: Contender): number {
  const started_ms = performance.now();
  let runs = 0, elapsed_ms: number;
  do {
    parser();
    runs++;
    elapsed_ms = performance.now() - started_ms;
  } while (elapsed_ms < SAMPLE_MS_MIN);
  return elapsed_ms / runs / 1000;
}

/** A fast wrong answer is no answer. */
function assertSame(ours: Read, std: Read, rows: number, columns: number): void {
  const shape = ({ rows, columns }: Read) => `${rows} × ${columns}`;
  if (shape(ours) !== `${rows} × ${columns}` || shape(std) !== shape(ours)) {
    throw new Error(`Parsers differ: ${shape(ours)} and ${shape(std)} of ${rows} × ${columns}`);
  }
  for (let row = 0; row < rows; row += Math.max(1, Math.floor(rows / 97))) {
    for (let column = 0; column < columns; column++) {
      if (ours.cell(row, column) !== std.cell(row, column)) {
        throw new Error(
          `Parsers differ in row ${row}, column ${column}: ` +
            `"${ours.cell(row, column)}" and "${std.cell(row, column)}"`,
        );
      }
    }
  }
}
