/**
 * Measures metrics_server as users run it, next to rivals in the same run, and judges the bounds.
 * `deno task bench:serve --help` tells the options.
 */
import { describeMachine, exitCode } from "../tools/verdict/mod.ts";
import {
  CONNECTIONS,
  type Engine,
  findWrk,
  joined,
  type Outcome,
  renderReport,
  startOwnEngine,
  UsageError,
} from "./rig/mod.ts";
import { measureEngine } from "./serve/engine_figure.ts";
import { type Options, parseOptions, USAGE } from "./serve/options.ts";
import { measureRefresh } from "./serve/refresh.ts";
import { measureStart } from "./serve/start.ts";
import { measureThroughput } from "./serve/throughput.ts";

/** EX_USAGE of sysexits(3). */
const EXIT_USAGE = 64;

/** A measurement that failed proves nothing about a bound. */
const EXIT_INCONCLUSIVE = 2;

/** Rounds of each kind e takes at least: they are long, but fewer prove nothing. */
const REFRESH_ROUNDS_MIN = 3;

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help")) {
    print(USAGE + "\n");
    return 0;
  }
  const options = parseOptions(args);
  const machine = describeMachine();
  await using own = startOwnEngine();
  const wrk = await findWrk();
  const engine = options.engine === "wrk" ? wrk : own;
  if (engine === null) throw new UsageError("--engine wrk: wrk is not installed");
  const outcome = await measure(options, engine, own, wrk);
  const method = describeMethod(options, engine, wrk);
  print(renderReport({ machine, method, ...outcome }));
  if (options.json !== null) {
    const all = { machine, method, options: { ...options, figures: [...options.figures] } };
    await Deno.writeTextFile(options.json, JSON.stringify({ ...all, ...outcome }, null, 2) + "\n");
  }
  return exitCode(outcome.checks);
}

async function measure(
  options: Options,
  engine: Engine,
  own: Engine,
  wrk: Engine | null,
): Promise<Outcome> {
  const { figures, seconds, rounds } = options;
  const pace = { seconds, rounds };
  const wanted = (letters: string) => [...letters].some((letter) => figures.has(letter));
  const outcomes: Outcome[] = [];
  if (wanted("abcd")) {
    outcomes.push(await measureThroughput({ engine, pace, figures, onProgress: progress }));
  }
  if (wanted("ef")) {
    const refresh_pace = {
      seconds: options.refresh_seconds,
      rounds: Math.max(REFRESH_ROUNDS_MIN, Math.ceil(rounds / 2)),
    };
    const setup = { engine: own, pace: refresh_pace, figures, onProgress: progress };
    outcomes.push(await measureRefresh(setup));
  }
  if (wanted("g")) outcomes.push(await measureStart(progress));
  if (wanted("h")) outcomes.push(await measureEngine(own, wrk, pace, progress));
  return joined(outcomes);
}

function describeMethod(options: Options, engine: Engine, wrk: Engine | null): string[] {
  const { rounds, seconds, refresh_seconds } = options;
  return [
    `Load: ${engine.name}, ${CONNECTIONS} keep-alive connections, a process of its own` +
    ` (wrk ${wrk === null ? "not installed" : "installed"}).`,
    `Servers are processes started by their task's command; rounds of ${seconds} s ` +
    `(e: ${refresh_seconds} s) taken in turn, ABCCBA, ${rounds} each,`,
    "after a warm-up. A ratio is the median of the ratios of the rounds next to each other. " +
    "CPU is the server's main thread.",
  ];
}

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(text));
}

function progress(text: string): void {
  if (Deno.stderr.isTerminal()) Deno.stderr.writeSync(new TextEncoder().encode(text + "\n"));
}

function complain(text: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(text + "\n"));
}

for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143]] as const) {
  Deno.addSignalListener(signal, () => {
    Deno.exit(code);
  });
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  if (error instanceof UsageError) {
    complain(`${error.message} (--help tells the options)`);
    Deno.exit(EXIT_USAGE);
  }
  complain(`Nothing can be said, the measurement failed: ${Deno.inspect(error)}`);
  Deno.exit(EXIT_INCONCLUSIVE);
}
