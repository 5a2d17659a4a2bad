/** A client that behaves, and what an attack does to it. */
import { assert, assertEquals, assertLess } from "@std/assert";
import { buildRequest, monotonicNow, runOpenLoop, tcpDial } from "../../../tools/http/mod.ts";
import { disturbed, ROUNDS_MIN, startForeignLoad } from "../../../tools/verdict/mod.ts";

/** A shorter p99 is the machine's: timers, other programs. */
const P99_MS_MIN = 2;
/** Passes until there is a verdict: other programs disturb some, an attack that succeeds most. */
const PASSES_MAX = 10;
/** Held passes more than missed ones, at which the bound holds. */
const LEAD = 2;
/** So many missed passes for a held one break the bound; fewer are no verdict. */
const MISSED_PER_HELD = 3;
const WINDOW_MS = 600;
const RATE_PER_S = 200;

/** Starts attackers, who are at work until `running` is disposed. */
export type Attack = (running: AsyncDisposableStack) => Promise<void>;

/** p99 of {@link RATE_PER_S} requests a second, at least {@link P99_MS_MIN}. Each must succeed. */
export async function p99Of({ port }: { port: number }, path: string): Promise<number> {
  const plan = {
    targets: [buildRequest({ host: `127.0.0.1:${port}`, path })],
    connections: 4,
    warmup_ms: 100,
    duration_ms: WINDOW_MS,
    rate_per_s: RATE_PER_S,
  };
  const env = { dial: tcpDial("127.0.0.1", port), now: monotonicNow };
  const { responses, latency, errors } = await runOpenLoop(plan, env);
  assertEquals(Object.values(errors).filter((count) => count > 0), [], JSON.stringify(errors));
  assertLess(WINDOW_MS / 1_000 * RATE_PER_S * 0.9, responses);
  return Math.max(latency.p99_ms!, P99_MS_MIN);
}

/**
 * Asserts that under attack the p99 is at most `ratio_max` times that before, in most passes.
 * Without a clear majority there is no verdict, which is reported as an ignored step. A pass that
 * other programs disturb may hold the bound, and cannot break it: there the attackers' own work
 * delays a good client.
 *
 * @param check Called while the attack goes on.
 */
export async function undisturbed(
  t: Deno.TestContext,
  target: { port: number },
  path: string,
  ratio_max: number,
  attack: Attack,
  check: () => void = () => {},
): Promise<void> {
  const passes: string[] = [];
  let held = 0, missed = 0;
  for (let pass = 0; pass < PASSES_MAX; pass++) {
    const foreignShare = startForeignLoad();
    const calm_ms = await p99Of(target, path);
    await using running = new AsyncDisposableStack();
    await attack(running);
    const attacked_ms = await p99Of(target, path);
    check();
    passes.push(`${calm_ms.toFixed(1)} → ${attacked_ms.toFixed(1)} ms`);
    if (attacked_ms <= ratio_max * calm_ms) held++;
    else if (disturbed(foreignShare()).length === 0) missed++;
    if (held - missed >= LEAD) return;
  }
  const found = `p99 of a good client, at most ${ratio_max} ×: ${passes.join(", ")}`;
  assert(missed < ROUNDS_MIN || missed <= MISSED_PER_HELD * held, found);
  await t.step({ name: `inconclusive: ${found}`, ignore: true, fn: () => {} });
}

/**
 * Repeats `work` with a pause between, so that this program stays free to measure.
 *
 * @param interrupt Ends the work in progress.
 */
export function repeat(
  running: AsyncDisposableStack,
  work: () => Promise<void>,
  interrupt: () => void = () => {},
): void {
  let is_over = false;
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const once = async () => {
    await work().catch(() => {});
    if (is_over) resolve();
    else setTimeout(once, 10);
  };
  void once();
  running.defer(() => {
    is_over = true;
    interrupt();
    return ended;
  });
}
