/** `deno task bench:runner`: measures the k6 runner next to wrk and hey, and judges its bounds. */
import { findWrk, joined, type Outcome, renderReport } from "../rig/mod.ts";
import { describeMachine, exitCode } from "../../tools/verdict/mod.ts";
import { findHey } from "./engines.ts";
import {
  measureArrivals,
  measureMemory,
  measurePercentiles,
  measureRate,
  type Setup,
} from "./measure.ts";

/** Length of a round, and how many of each. */
const PACE = { seconds: 4, rounds: 4 };

const FIGURES: Readonly<Record<string, (setup: Setup) => Promise<Outcome>>> = {
  a: measureRate,
  b: measurePercentiles,
  c: measureArrivals,
  d: measureMemory,
};

const USAGE = `Usage: deno task bench:runner [a b c d]

Takes about 5 minutes; close what else uses the processor. Figures: a requests/s of getmetric
against wrk's; b percentiles against wrk's and hey's where latencies are known; c arrivals: rate and
evenness; d memory of 1,000 VUs. Exit: 0 all bounds hold, 1 one is broken, 2 inconclusive,
64 wrong usage.`;

/** EX_USAGE of sysexits(3). */
const EXIT_USAGE = 64;

async function main(args: readonly string[]): Promise<number> {
  if (args.some((letter) => !Object.hasOwn(FIGURES, letter))) {
    write(Deno.stderr, `${USAGE}\n`);
    return args.includes("--help") ? 0 : EXIT_USAGE;
  }
  const [wrk, hey] = [await findWrk(), await findHey()];
  const setup: Setup = {
    pace: PACE,
    wrk,
    hey,
    onProgress: (text) => Deno.stderr.isTerminal() && write(Deno.stderr, `${text}\n`),
  };
  const outcomes: Outcome[] = [];
  for (const letter of args.length > 0 ? args : Object.keys(FIGURES)) {
    outcomes.push(await FIGURES[letter](setup));
  }
  const outcome = joined(outcomes);
  const method = [
    `Rounds of ${PACE.seconds} s (figure a: ${2 * PACE.seconds} s) taken in turn, ${PACE.rounds} ` +
    "each; the runner starts anew each round, as its users start it.",
  ];
  write(Deno.stdout, renderReport({ machine: describeMachine(), method, ...outcome }));
  return exitCode(outcome.checks);
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  stream.writeSync(new TextEncoder().encode(text));
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.addSignalListener(signal, () => {
    Deno.exit(code);
  });
}

Deno.exit(await main(Deno.args));
