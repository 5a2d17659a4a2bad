/** TCP faults, injected by the real or the embedded Toxiproxy, with one proxy for each hop. */
import { freePort } from "../../tools/processes/mod.ts";
import type { Guard } from "../guard/mod.ts";
import { ManagedProcess, type ProcessEvent } from "../subject/mod.ts";
import {
  type EngineChoice,
  type NewProxy,
  type ProxyView,
  type RealToxiproxy,
  type RunningToxiproxy,
  startToxiproxyBy,
  type ToxiproxyClient,
} from "../../tools/toxiproxy/mod.ts";
import type { Hop } from "../vocabulary/mod.ts";
import type { Actuator } from "./actuator.ts";
import { diffProxies, probeAddress, rollBackTcp } from "./tcp_rollback.ts";
import { TcpHop } from "./tcp_hop.ts";

/** Default timeout of a call to the proxy, in milliseconds. */
const STEP_MS_MAX = 2_000;

/** A connection to proxy. */
interface HopPlace {
  readonly hop: Hop;
  /** On hop `store`: the subject that uses the proxy. On hop `client`: the control behind it. */
  readonly subject?: number | "control";
  readonly upstream: string;
}

interface TcpActuatorOptions {
  readonly engine: EngineChoice;
  /** Upstream of each hop: `{ hop: "source", upstream: "127.0.0.1:20001" }`. */
  readonly hops: readonly HopPlace[];
  readonly seed: number;
  readonly guard?: Guard;
  readonly onEvent?: (event: ProcessEvent) => void;
  /** Default: the one found on this machine; null: none. */
  readonly real?: RealToxiproxy | null;
  /** Timeout of a call and of each rollback step; default {@link STEP_MS_MAX}. */
  readonly step_ms_max?: number;
}

export interface TcpActuator extends Actuator, AsyncDisposable {
  /** `toxiproxy git (real)` or `embedded`. */
  readonly engine: string;
  /** Address of the hop's proxy: `127.0.0.1:20002`. */
  listen(hop: Hop, subject?: number | "control"): string;
}

/** Starts or finds the engine and puts a proxy on every hop. */
export async function startTcpActuator(options: TcpActuatorOptions): Promise<TcpActuator> {
  await using stack = new AsyncDisposableStack();
  const parts = await startProxies(options, stack);
  const kept = stack.move();
  const { engine, relay, proxies, hops, step_ms_max } = parts;
  /** The proxies of a hop, or the one of this subject. */
  const proxiesOf = (hop: Hop | null, subject?: unknown) => {
    const found = hops.filter((one) =>
      one.hop === hop && (subject === undefined || one.subject === subject)
    );
    if (found.length > 0) return found;
    const whose = subject === undefined ? "" : ` for subject ${subject}`;
    throw new RangeError(`hop ${hop} has no proxy${whose}`);
  };
  const diff = () => diffOf(parts);
  return {
    layer: "tcp",
    engine: engine.label,
    listen: (hop, subject) => proxiesOf(hop, subject)[0].proxy.listen,
    async apply(id, fault) {
      const affected = proxiesOf(fault.hop, fault.params.subject);
      await Promise.all(affected.map((hop) => hop.apply(id, fault)));
    },
    async lift(id) {
      await Promise.all(hops.map((hop) => hop.lift(id)));
    },
    // What a fault does to the control is no effect on the subject.
    counters: () =>
      Promise.all(
        hops.filter(({ subject }) => subject !== "control").map((hop) => hop.record()),
      ),
    diff,
    async rollback(onStep) {
      for (const hop of hops) await hop.forgetFaults();
      await rollBackTcp({
        engine,
        proxies,
        diff,
        restoreRelay: () => restoreRelay(relay, parts.relays, step_ms_max),
        step_ms_max,
        onStep,
      });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

type Parts = Awaited<ReturnType<typeof startProxies>>;

async function startProxies(options: TcpActuatorOptions, stack: AsyncDisposableStack) {
  const { step_ms_max = STEP_MS_MAX } = options;
  const engine = stack.use(await startEngine("toxiproxy", options));
  const relay = engine.engine === "real"
    ? stack.use(await startEngine("tcp_relay", { ...options, engine: "embedded" }))
    : null;
  const prefix = engine.process === null ? `chaos-${crypto.randomUUID().slice(0, 8)}-` : "";
  const found = await engine.client.proxies();
  if (engine.process === null) {
    await options.guard?.watchProxy({ api: engine.client.url, prefix });
    stack.defer(() => removeOurs(engine.client, prefix, found));
  }
  const proxies: NewProxy[] = [];
  const relays: NewProxy[] = [];
  for (const { hop, subject, upstream } of options.hops) {
    const name = prefix + (subject === undefined ? hop : `${hop}-${subject}`);
    const behind = relay === null ? null : { name, listen: `127.0.0.1:${freePort()}`, upstream };
    if (behind !== null) relays.push(behind);
    const next = behind?.listen ?? upstream;
    proxies.push({ name, listen: `127.0.0.1:${freePort()}`, upstream: next, enabled: true });
  }
  await relay?.client.populate(relays);
  await engine.client.populate(proxies);
  const before = await engine.client.proxies();
  const counter = relay?.client ?? engine.client;
  const hops = proxies.map((proxy, at) =>
    new TcpHop({ ...options.hops[at], proxy, engine, counter, step_ms_max })
  );
  // Stops the timers of flaps.
  stack.defer(async () => {
    for (const hop of hops) await hop.forgetFaults();
  });
  return { engine, relay, proxies, relays, before, hops, step_ms_max };
}

/** A Toxiproxy whose process the lab restarts and its guard watches. */
type RunningEngine = RunningToxiproxy<ManagedProcess>;

function startEngine(name: string, options: TcpActuatorOptions): Promise<RunningEngine> {
  return startToxiproxyBy(
    (program) => ManagedProcess.start({ name, ready_path: "/proxies", ...program }, options),
    options,
  );
}

/** Differences of the proxies from before, and proxies that block requests. */
async function diffOf(
  { engine, proxies, before, relays, hops, step_ms_max }: Parts,
): Promise<string[]> {
  let differences: string[];
  try {
    differences = diffProxies(before, await engine.client.within(step_ms_max).proxies());
  } catch (error) {
    return [`Toxiproxy does not answer: ${(error as Error).message}`];
  }
  if (differences.length > 0) return differences;
  const blocked = await Promise.all(proxies.map(async ({ name, listen, upstream }, at) => {
    const answers = async (address: string) =>
      await probeAddress(address, hops[at].greeting) === "answered";
    if (await answers(listen)) return null;
    // The proxy is not to blame if its target is down.
    const target = relays[at]?.upstream ?? upstream;
    if (!await answers(target)) return null;
    return `proxy ${name} blocks requests, but ${target} answers`;
  }));
  return blocked.filter((sentence) => sentence !== null);
}

async function restoreRelay(
  relay: RunningEngine | null,
  relays: readonly NewProxy[],
  step_ms_max: number,
): Promise<void> {
  if (relay === null) return;
  if (relay.process?.is_running === false) await relay.process.restart();
  await relay.client.within(step_ms_max).populate(relays);
}

async function removeOurs(
  client: ToxiproxyClient,
  prefix: string,
  found: Record<string, ProxyView>,
): Promise<void> {
  for (const name of Object.keys(await client.proxies())) {
    if (name.startsWith(prefix) && !Object.hasOwn(found, name)) await client.delete(name);
  }
}
