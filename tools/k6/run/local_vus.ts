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
