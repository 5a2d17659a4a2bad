/** Creates the VUs of a run, on the main thread or on threads of their own. */
import { type ConnectionSettings, VuConnections } from "../http/vu_connections.ts";
import { RunningVu } from "../script/running_vu.ts";
import { Vu } from "../script/vu.ts";
import type { LoadedTest } from "./loading.ts";
import type { System } from "./system.ts";
import { createThreadVu } from "./thread_vu.ts";
import type { PooledVu } from "./vu_pool.ts";

/**
 * Returns a function that creates one VU and loads the script in it. Scripts with blocking calls
 * get a thread for each VU.
 *
 * @throws {ScriptError} The created function rejects with what the script throws when it loads.
 */
export function vuCreator(test: LoadedTest, system: System): (id: number) => Promise<PooledVu> {
  const { options, graph } = test;
  const settings: ConnectionSettings = {
    hosts: options.merged.hosts ?? {},
    block_hostnames: options.merged.blockHostnames ?? [],
    no_reuse: options.no_connection_reuse,
    admit: createRateLimit(options.rps, system.now),
  };
  return (id) =>
    graph.blocking === null
      ? createLocalVu(id, test, settings)
      : createThreadVu(id, test, settings, system.epoch_origin_ms);
}

async function createLocalVu(
  id: number,
  { world, env, instantiator }: LoadedTest,
  settings: ConnectionSettings,
): Promise<PooledVu> {
  const connections = new VuConnections(settings, () => world.now());
  const transport = { exchange: connections.exchange.bind(connections), blocking: null };
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

/**
 * The option `rps`: spaces requests evenly, over all VUs. The returned function gives null if a
 * request may leave now, else a promise to await first. A rate of 0 sets no limit.
 */
function createRateLimit(rate_per_s: number, now: () => number): () => Promise<void> | null {
  if (rate_per_s === 0) return () => null;
  const gap_ms = 1000 / rate_per_s;
  let next_ms = -Infinity;
  return () => {
    const now_ms = now();
    const due_ms = Math.max(now_ms, next_ms);
    next_ms = due_ms + gap_ms;
    if (due_ms <= now_ms) return null;
    return new Promise((resolve) => setTimeout(resolve, due_ms - now_ms));
  };
}
