/**
 * Measures metrics_server as users run it, beside rivals in the same run, and judges the bounds.
 * `deno task bench:serve --help` lists the options.
 */
import { describeMachine, exitCode } from "../tools/verdict/mod.ts";
import {
  CONNECTIONS,
  type Engine,
  findWrk,
  joined,
  type Outcome,
  outcomeJson,
  print,
  printProgress,
  renderReport,
  runProgram,
  startOwnEngine,
  UsageError,
} from "./rig/mod.ts";
import { measureEngine } from "./serve/engine_figure.ts";
import { measureLists } from "./serve/lists.ts";
import { type Options, parseOptions, USAGE } from "./serve/options.ts";
import { measureRefresh } from "./serve/refresh.ts";
import { measureReplicas } from "./serve/replicas.ts";
import { measureShards } from "./serve/shards.ts";
import { measureStart } from "./serve/start.ts";
import { measureStreams } from "./serve/streams.ts";
import { measureThroughput } from "./serve/throughput.ts";

/** Rounds of each kind for e. */
const REFRESH_ROUNDS_MIN = 3;

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === "replicas") return await measureReplicas(args.slice(1));
  if (args[0] === "shards") return await measureShards(args.slice(1));
  const options = parseOptions(args);
  const machine = describeMachine();
  await using own = startOwnEngine();
  const wrk = await findWrk();
  const engine = options.engine === "wrk" ? wrk : own;
  if (engine === null) throw new UsageError("--engine wrk: wrk is not installed");
  const outcome = await measure(options, engine, own, wrk);
  const method = describeMethod(options, engine, wrk);
  print(Deno.stdout, renderReport({ machine, method, ...outcome }).trimEnd());
  if (options.json !== null) {
    const head = { machine, method, options: { ...options, figures: [...options.figures] } };
    const json = { ...head, ...outcomeJson(outcome) };
    await Deno.writeTextFile(options.json, JSON.stringify(json, null, 2) + "\n");
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
    outcomes.push(await measureThroughput({ engine, pace, figures, onProgress: printProgress }));
  }
  if (wanted("ef")) {
    const refresh_pace = {
      seconds: options.refresh_seconds,
      rounds: Math.max(REFRESH_ROUNDS_MIN, Math.ceil(rounds / 2)),
    };
    const setup = { engine: own, pace: refresh_pace, figures, onProgress: printProgress };
    outcomes.push(await measureRefresh(setup));
  }
  if (wanted("g")) outcomes.push(await measureStart(printProgress));
  if (wanted("h")) outcomes.push(await measureEngine(own, wrk, pace, printProgress));
  if (wanted("i")) outcomes.push(await measureLists(rounds, printProgress));
  if (wanted("j")) outcomes.push(await measureStreams(own, pace, printProgress));
  return joined(outcomes);
}

function describeMethod(options: Options, engine: Engine, wrk: Engine | null): string[] {
  const { rounds, seconds, refresh_seconds } = options;
  return [
    `Load: ${engine.name}, ${CONNECTIONS} keep-alive connections, in its own process` +
    ` (wrk ${wrk === null ? "not installed" : "installed"}).`,
    `Servers run by their task's command; ${rounds} rounds of ${seconds} s each ` +
    `(e: ${refresh_seconds} s), in turn (ABCCBA), after a warm-up.`,
    "A ratio is the median of the ratios of adjacent rounds. CPU is the server's main thread.",
  ];
}

await runProgram(USAGE, main);
