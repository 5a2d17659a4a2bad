/** The engines the contract is tested on, and one with a proxy `p` in front of an upstream. */
import { freePort } from "../../processes/mod.ts";
import { WAIT_MS_MAX } from "../../verdict/mod.ts";
import type { NewToxic, ToxiproxyClient } from "../client.ts";
import { findRealToxiproxy, type RunningToxiproxy, startToxiproxy } from "../start.ts";
import { TestClient } from "./client.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

export const ENGINES = ["real", "embedded"] as const;
export type Engine = typeof ENGINES[number];

/** Only a program to start: a server that runs already may be in use. */
export const REAL = findRealToxiproxy({
  env: (name) => name === "TOXIPROXY_URL" ? undefined : Deno.env.get(name),
});

/** Tests of the real engine are ignored, by name, unless it is installed. */
export function isMissing(engine: Engine): boolean {
  return engine === "real" && REAL === null;
}

export function startEngine(engine: Engine, seed = 1): Promise<RunningToxiproxy> {
  return startToxiproxy({ engine, seed, real: REAL });
}

/** Registers a test on both engines: `<name> (real)`, `<name> (embedded)`. */
export function onBoth(name: string, test: (engine: Engine) => Promise<void>): void {
  for (const engine of ENGINES) {
    Deno.test({ name: `${name} (${engine})`, ignore: isMissing(engine), fn: () => test(engine) });
  }
}

export interface Stand extends AsyncDisposable {
  readonly api: ToxiproxyClient;
  readonly running: RunningToxiproxy;
  readonly upstream: Upstream;
  readonly address: string;
  add(toxic: NewToxic): Promise<void>;
  connect(reads?: boolean): Promise<TestClient>;
}

export async function startStand(
  engine: Engine,
  options: { send_bytes?: number; seed?: number } = {},
): Promise<Stand> {
  await using stack = new AsyncDisposableStack();
  const upstream = stack.use(startUpstream(options));
  const running = stack.use(await startEngine(engine, options.seed));
  // A busy machine answers late.
  const api = running.client.within(2 * WAIT_MS_MAX);
  const proxy = { name: "p", listen: `127.0.0.1:${freePort()}`, upstream: upstream.address };
  const { listen } = await api.create(proxy);
  const kept = stack.move();
  return {
    api,
    running,
    upstream,
    address: listen,
    add: async (toxic) => void await api.addToxic("p", toxic),
    connect: (reads) => TestClient.connect(listen, reads),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
