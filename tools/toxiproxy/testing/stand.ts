/** An engine with one proxy `p` in front of an upstream. */
import { freePort } from "../../processes/mod.ts";
import { firstValue } from "../../verdict/mod.ts";
import type { NewToxic, ToxiproxyClient } from "../client.ts";
import type { RunningToxiproxy } from "../start.ts";
import { TestClient } from "./client.ts";
import { type Engine, startEngine } from "./engines.ts";
import { startUpstream, type Upstream } from "./upstream.ts";

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
  const api = running.client;
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

/** Waits for the condition; false if it does not come true in time. */
export async function eventually(condition: () => boolean, ms_max = 3_000): Promise<boolean> {
  return await firstValue(condition, { wait_ms_max: ms_max, look_every_ms: 2 }) ?? false;
}
