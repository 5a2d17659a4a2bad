/** Creates the VUs of a run, on the main thread or on threads of their own. */
import { THREAD_VUS_MAX } from "../blocking_vus/messages.ts";
import { ConfigProblem } from "../exit_codes.ts";
import { type ConnectionSettings, VuConnections } from "../http/vu_connections.ts";
import { peakVus } from "../options/scenario.ts";
import { RunningVu } from "../script/running_vu.ts";
import { Vu } from "../script/vu.ts";
import type { LoadedTest } from "./loading.ts";
import type { System } from "./system.ts";
import { ThreadVu } from "./thread_vu.ts";
import type { PooledVu } from "./pooled_vu.ts";

/**
 * Creates VU 0, which runs setup and teardown, then the VUs of the scenarios. Scripts that may
 * block get a thread for each VU. If that is too many, and it is not certain that the script
 * blocks, VUs share the main thread, and the first blocking call ends the run.
 * @throws {ConfigProblem} if the VUs need too many threads, and what the script throws.
 */
export async function createVus(
  test: LoadedTest,
  system: System,
  onCreated: (vu: PooledVu) => void,
): Promise<void> {
  const { options, graph: { blocking } } = test;
  const count = peakVus(options.scenarios);
  const fits = count <= THREAD_VUS_MAX;
  if (blocking?.is_certain && !fits) {
    const { call, label, line } = blocking;
    throw new ConfigProblem([
      `vus: must be at most ${THREAD_VUS_MAX}, got ${count}: ${call} at ${label}:${line} waits ` +
      "without await, so each VU needs a thread; use http.asyncRequest for more VUs on one thread",
    ]);
  }
  const settings: ConnectionSettings = {
    hosts: options.merged.hosts ?? {},
    block_hostnames: options.merged.blockHostnames ?? [],
    no_reuse: options.no_connection_reuse,
    admit: createRateLimit(options.rps, system.now),
  };
  for (let id = 0; id <= count; id++) {
    if (blocking === null || !fits) onCreated(await createLocalVu(id, test, settings));
    else {
      const vu = new ThreadVu(id, test, settings, system.epoch_origin_ms);
      await vu.loaded;
      onCreated(vu);
    }
  }
}

async function createLocalVu(
  id: number,
  { world, env, instantiator }: LoadedTest,
  settings: ConnectionSettings,
): Promise<PooledVu> {
  const connections = new VuConnections(settings, () => world.now());
  const transport = { exchange: connections.exchange.bind(connections), blocking: null };
  const vu = new Vu(id, world, transport, { ...env });
  const running = new RunningVu(vu, connections, (text) => instantiator.localize(text));
  await running.load(instantiator);
  return running;
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
