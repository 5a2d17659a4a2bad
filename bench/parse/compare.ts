/** Times both parsers in turn and judges their rates. */
import { type Check, disturbed, judge, median, startForeignLoad } from "../../tools/verdict/mod.ts";
import { buildMatrix } from "../rig/mod.ts";
import { type Contender, metricsServerParser, type Read, stdCsvParser } from "./contenders.ts";

/** Lower bound of our rate, in millions of cells per second. */
const CELLS_M_PER_S_MIN = 30;
/** Lower bound of our rate over the rate of `@std/csv` in the same round. */
const STD_CSV_RATIO_MIN = 6;
/** A round parses the sample repeatedly for at least this time, in milliseconds. */
const ROUND_MS_MIN = 60;
const WARMUP_RUNS = 3;

/** Rates of all rounds, in millions of cells per second. */
interface Comparison {
  rows: number;
  columns: number;
  bytes: number;
  ours: number[];
  std: number[];
  checks: Check[];
}

/** Compares the parsers on a sample of `rows` × `columns`, including the identity column. */
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

function secondsOf(parser: Contender): number {
  const started_ms = performance.now();
  let runs = 0, elapsed_ms: number;
  do {
    parser();
    runs++;
    elapsed_ms = performance.now() - started_ms;
  } while (elapsed_ms < ROUND_MS_MIN);
  return elapsed_ms / runs / 1000;
}

/** Both parsers must read the same cells. */
function assertSame(ours: Read, std: Read, rows: number, columns: number): void {
  const shape = ({ rows, columns }: Read) => `${rows} × ${columns}`;
  if (shape(ours) !== `${rows} × ${columns}` || shape(std) !== shape(ours)) {
    const expected = `${rows} × ${columns}`;
    throw new Error(`Parsers differ: ${shape(ours)} and ${shape(std)}, expected ${expected}`);
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
