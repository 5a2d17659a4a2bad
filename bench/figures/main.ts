/** Measures the k6 runner beside wrk and hey and judges its bounds (docs/performance.md). */
import { describeMachine, exitCode } from "../../tools/verdict/mod.ts";
import { findWrk, joined, type Outcome, renderReport } from "../rig/mod.ts";
import { findHey } from "./engines.ts";
import { FIGURES, type Setup } from "./measure.ts";

/** Seconds per round, rounds per contender. */
const PACE = { seconds: 4, rounds: 4 };

const USAGE = `Usage: deno run --allow-all bench/figures/main.ts [a b c d]

Takes about 5 minutes; close other programs that use the processor. Figures: a requests/s of
getmetric beside wrk's; b percentiles beside wrk's and hey's with known latencies; c rate and
evenness of arrivals; d memory of 1,000 VUs. Exit: 0 all bounds hold, 1 one is broken,
2 inconclusive, 64 wrong usage.`;

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
    "each; the runner starts anew for each round, as its users start it.",
  ];
  write(Deno.stdout, renderReport({ machine: describeMachine(), method, ...outcome }));
  return exitCode(outcome.checks);
}

function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  stream.writeSync(new TextEncoder().encode(text));
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.addSignalListener(signal, () => Deno.exit(code));
}

Deno.exit(await main(Deno.args));
