/** Rounds taken in turn, so that what disturbs the machine disturbs every contender. */
import { readMainThreadCpuMs, startForeignLoad, takePasses } from "../../tools/verdict/mod.ts";
import { CONNECTIONS } from "./bounds.ts";
import type { DenoProcess } from "./deno_process.ts";
import type { RoundFacts } from "./doubts.ts";
import type { Engine, Measured } from "./engine.ts";
import type { LoadOrder } from "./load_order.ts";

/** Load before each round's window, in milliseconds: connections come up, caches fill. */
const ROUND_WARMUP_MS = 300;

/** Load before the first round of a server, in milliseconds: its code is compiled by then. */
const SERVER_WARMUP_MS = 1_500;

/** A server and what it is asked. */
export interface Arm {
  label: string;
  engine: Engine;
  server: DenoProcess;
  requests: LoadOrder["requests"];
  expect_status: number;
}

/** One round of an arm. */
export interface Round extends Measured, RoundFacts {}

/** How long, how often. */
export interface Pace {
  seconds: number;
  rounds: number;
}

/**
 * Order of one pass over `count` contenders: forth in even passes, back in odd ones (ABCCBA…), so
 * that none is always first and a steady drift falls on all alike.
 *
 * ```ts
 * [...passOrder(3, 0), ...passOrder(3, 1)]; // [0, 1, 2, 2, 1, 0]
 * ```
 */
export function passOrder(count: number, pass: number): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  return pass % 2 === 0 ? order : order.reverse();
}

/** Rounds of several arms. */
export interface Rounds {
  /** Each arm's rounds, in the order of passes. */
  by_arm: Round[][];
  foreign_share: number;
  /** Passes taken again because other programs ran. */
  left_out: number;
}

/** Warms every arm up, then loads them in turn until enough passes were undisturbed. */
export async function runRounds(
  arms: readonly Arm[],
  { seconds, rounds }: Pace,
  onProgress: (text: string) => void,
  startForeign = startForeignLoad,
): Promise<Rounds> {
  for (const arm of arms) await measure(arm, SERVER_WARMUP_MS);
  const { taken, foreign_share, left_out } = await takePasses(rounds, async (pass) => {
    const results: Round[] = [];
    for (const i of passOrder(arms.length, pass)) {
      onProgress(`pass ${pass + 1}, ${rounds} wanted: ${arms[i].label}`);
      results[i] = await measure(arms[i], seconds * 1000);
    }
    return results;
  }, startForeign);
  const by_arm = arms.map((_, i) => taken.map((results) => results[i]));
  return { by_arm, foreign_share, left_out };
}

async function measure(arm: Arm, duration_ms: number): Promise<Round> {
  const { engine, server, requests, expect_status } = arm;
  const started_ms = performance.now();
  const cpu_ms = readMainThreadCpuMs(server.pid);
  const run = engine.run({
    port: server.port,
    connections: CONNECTIONS,
    requests,
    warmup_ms: ROUND_WARMUP_MS,
    duration_ms,
    expect_status,
  });
  const measured = await Promise.race([run, server.failed]);
  return {
    ...measured,
    cpu_share: (readMainThreadCpuMs(server.pid) - cpu_ms) / (performance.now() - started_ms),
  };
}
