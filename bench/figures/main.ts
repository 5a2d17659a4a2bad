/** Measures the k6 runner beside wrk and hey and judges its bounds (docs/performance.md). */
import { describeMachine, exitCode } from "../../tools/verdict/mod.ts";
import {
  findWrk,
  joined,
  type Outcome,
  print,
  printProgress,
  renderReport,
  runProgram,
  UsageError,
} from "../rig/mod.ts";
import { findHey } from "./engines.ts";
import { FIGURES, type Setup } from "./measure.ts";

const PACE = { seconds: 4, rounds: 4 };

const USAGE = `Usage: deno run --allow-all bench/figures/main.ts [a b c d]

Takes about 5 minutes; close other programs that use the processor. Figures: a requests/s of
getmetric beside wrk's; b percentiles beside wrk's and hey's with known latencies; c rate and
evenness of arrivals; d memory of 1,000 VUs. Exit: 0 all bounds hold, 1 one is broken,
2 inconclusive, 64 wrong usage.`;

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.find((letter) => !Object.hasOwn(FIGURES, letter));
  if (unknown !== undefined) throw new UsageError(`${unknown}: must be of a, b, c, d`);
  const [wrk, hey] = [await findWrk(), await findHey()];
  const setup: Setup = { pace: PACE, wrk, hey, onProgress: printProgress };
  const outcomes: Outcome[] = [];
  for (const letter of args.length > 0 ? args : Object.keys(FIGURES)) {
    outcomes.push(await FIGURES[letter](setup));
  }
  const outcome = joined(outcomes);
  const method = [
    `Rounds of ${PACE.seconds} s (figure a: ${2 * PACE.seconds} s) taken in turn, ${PACE.rounds} ` +
    "each; the runner starts anew for each round, as its users start it.",
  ];
  print(Deno.stdout, renderReport({ machine: describeMachine(), method, ...outcome }).trimEnd());
  return exitCode(outcome.checks);
}

await runProgram(USAGE, main);
