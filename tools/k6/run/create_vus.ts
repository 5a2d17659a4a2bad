/** VUs that share the main thread. */
import { type ConnectionSettings, VuConnections } from "../http/vu_connections.ts";
import { RunningVu } from "../script/running_vu.ts";
import { Vu } from "../script/vu.ts";
import type { LoadedTest } from "./loading.ts";
import type { PooledVu } from "./vu_pool.ts";

/** @throws what the script throws at its top level. */
export async function createLocalVu(
  id: number,
  { world, env, instantiator }: LoadedTest,
  settings: ConnectionSettings,
): Promise<PooledVu> {
  const connections = new VuConnections(settings, () => world.now());
  const transport = {
    exchange: connections.exchange.bind(connections),
    blocking: null,
  };
  const vu = new Vu(id, world, transport, { ...env });
  const running = new LocalVu(vu, connections, (text) => instantiator.localize(text));
  await running.load(instantiator);
  return running;
}

class LocalVu extends RunningVu implements PooledVu {
  readonly #own: VuConnections;

  constructor(vu: Vu, connections: VuConnections, localize: (text: string) => string) {
    super(vu, connections, localize);
    this.#own = connections;
  }

  expire(now_ms: number): void {
    this.#own.expire(now_ms);
  }
}

/** Option `rps`: requests leave evenly spaced, over all VUs. */

/**
 * Null where a request may leave at once, else what to await before.
 *
 * @param rate_per_s 0: no limit.
 * @param sleep Resolves after so many milliseconds.
 */
export function createRateLimit(
  rate_per_s: number,
  now: () => number,
  sleep: (duration_ms: number) => Promise<void>,
): () => Promise<void> | null {
  if (rate_per_s === 0) return () => null;
  const gap_ms = 1000 / rate_per_s;
  let next_ms = -Infinity;
  return () => {
    const now_ms = now();
    const due_ms = Math.max(now_ms, next_ms);
    next_ms = due_ms + gap_ms;
    return due_ms <= now_ms ? null : sleep(due_ms - now_ms);
  };
}
