/** Rounds taken in turn, so that a disturbance of the machine affects all contenders alike. */
import { readMainThreadCpuMs, takePasses } from "../../tools/verdict/mod.ts";
import { CONNECTIONS } from "./bounds.ts";
import type { RoundFacts } from "./doubts.ts";
import type { Engine, LoadOrder, Measured, OwnEngine } from "./load_engines.ts";
import type { DenoProcess } from "./services.ts";

/** Load before the window of each round, in milliseconds. */
const ROUND_WARMUP_MS = 300;
/** Load before the first round of a server, in milliseconds: V8 compiles its code. */
const SERVER_WARMUP_MS = 1_500;

export interface Contender {
  label: string;
  engine: Engine;
  server: DenoProcess;
  requests: LoadOrder["requests"];
  expect_status: number;
}

export interface Round extends Measured, RoundFacts {}

export interface Pace {
  seconds: number;
  rounds: number;
  /** Takes a pass again that other programs disturbed. Default: true. */
  repeat_disturbed?: boolean;
}

/** Receives what is measured now; `round` counts from 0. */
export type OnProgress = (text: string, round?: number) => void;

/** `round 3 of 5`; beyond the wanted ones `round 6, 5 undisturbed ones wanted`. */
export function roundText(round: number, wanted: number): string {
  return round < wanted
    ? `round ${round + 1} of ${wanted}`
    : `round ${round + 1}, ${wanted} undisturbed ones wanted`;
}

/** Order of one pass, reversed in odd ones (ABCCBA…): a steady drift affects all alike. */
export function passOrder(count: number, pass: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  return pass % 2 === 0 ? order : order.reverse();
}

export interface Rounds {
  /** Rounds of each contender, in pass order. */
  by_contender: Round[][];
  foreign_share: number;
  /** Disturbed passes that were repeated. */
  left_out: number;
}

/** Warms up all contenders, then loads them in turn until enough passes are undisturbed. */
export async function runRounds(
  contenders: readonly Contender[],
  { seconds, rounds, repeat_disturbed }: Pace,
  onProgress: OnProgress,
  startForeign?: () => () => number,
): Promise<Rounds> {
  for (const contender of contenders) await takeContenderRound(contender, SERVER_WARMUP_MS);
  const { taken, foreign_share, left_out } = await takePasses(rounds, async (pass) => {
    const results: Round[] = [];
    for (const i of passOrder(contenders.length, pass)) {
      onProgress(`${roundText(pass, rounds)}: ${contenders[i].label}`, pass);
      results[i] = await takeContenderRound(contenders[i], seconds * 1000);
    }
    return results;
  }, { repeat_disturbed, startForeign });
  const by_contender = contenders.map((_, i) => taken.map((results) => results[i]));
  return { by_contender, foreign_share, left_out };
}

function takeContenderRound(contender: Contender, duration_ms: number): Promise<Round> {
  const { engine, server, requests, expect_status } = contender;
  const load = { requests, warmup_ms: ROUND_WARMUP_MS, duration_ms, expect_status };
  return takeRound(engine, server, load);
}

/** Loads a server once and measures the CPU share of its main thread. */
export async function takeRound(
  engine: Engine,
  server: DenoProcess,
  load: ServerLoad,
): Promise<Round> {
  const [round] = await takeRounds([server], load, async ([order]) => [await engine.run(order)]);
  return round;
}

/** A round of the server and one of its rival, in the same seconds. */
export interface Pair {
  subject: Round;
  control: Round;
}

/** Loads both at the same time; odd passes put the control first. */
export async function takePair(
  own: OwnEngine,
  { subject, control }: { subject: DenoProcess; control: DenoProcess },
  load: ServerLoad,
  pass: number,
): Promise<Pair> {
  const order = <T>(pair: T[]) => pass % 2 === 0 ? pair : pair.toReversed();
  const rounds = await takeRounds(order([subject, control]), load, own.runTogether);
  const [first, second] = order(rounds);
  return { subject: first, control: second };
}

/** The load of one server. */
export type ServerLoad = Omit<LoadOrder, "port" | "connections">;

async function takeRounds(
  servers: readonly DenoProcess[],
  load: ServerLoad,
  run: (orders: LoadOrder[]) => Promise<Measured[]>,
): Promise<Round[]> {
  const cpuMs = () => servers.map(({ pid }) => readMainThreadCpuMs(pid));
  const started_ms = performance.now(), before_ms = cpuMs();
  const orders = servers.map(({ port }) => ({ port, connections: CONNECTIONS, ...load }));
  const measured = await Promise.race([run(orders), ...servers.map(({ failed }) => failed)]);
  const duration_ms = performance.now() - started_ms, after_ms = cpuMs();
  return measured.map((one, i) => (
    { ...one, cpu_share: (after_ms[i] - before_ms[i]) / duration_ms }
  ));
}
