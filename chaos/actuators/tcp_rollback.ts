/**
 * Everything off, by force where asking does not do. The real server can hang when a toxic is taken
 * off while a client does not read, so each rung has a deadline of its own: connections are cut
 * first, then all is reset, then the proxies are made anew, then the process.
 */
import type {
  NewProxy,
  ProxyView,
  RunningToxiproxy,
  ToxiproxyClient,
} from "../../tools/toxiproxy/mod.ts";
import type { ManagedProcess } from "../subject/mod.ts";

/** Longest time in which the process is ended and up again, in milliseconds: no answer, but a start. */
const RESTART_MS_MAX = 5_000;

export interface LadderOptions {
  readonly engine: RunningToxiproxy<ManagedProcess>;
  /** The lab's own; a server others use has more. */
  readonly proxies: readonly NewProxy[];
  /** What still differs from before; empty where nothing does. */
  diff(): Promise<string[]>;
  /** Sets the relay right where there is one. */
  restoreCounter(): Promise<void>;
  /** Longest time of a rung but the last. */
  readonly step_ms_max: number;
  onStep(step: string, ok: boolean): void;
}

/** Climbs until nothing differs. */
export async function climbLadder(options: LadderOptions): Promise<void> {
  const { engine, proxies, step_ms_max, onStep } = options;
  const client = engine.client.within(step_ms_max);
  const rung = async (
    step: string,
    work: () => Promise<void>,
    ms_max = step_ms_max,
  ): Promise<boolean> => {
    try {
      await withDeadline(work, ms_max);
      onStep(step, true);
      return true;
    } catch (error) {
      onStep(`${step}: ${(error as Error).message}`, false);
      return false;
    }
  };
  const isClean = async (step: string) => {
    const left = await options.diff();
    if (left.length > 0) onStep(`${step}: ${left.join("; ")}`, false);
    return left.length === 0;
  };
  await rung("disable the proxies", () => each(proxies, client, disable));
  // On a server that others use too, /reset would undo what is theirs.
  if (engine.process === null) {
    await rung("take the toxics off", () => each(proxies, client, clear));
  } else await rung("POST /reset", () => client.reset());
  if (await isClean("after the reset")) return;
  await rung("delete the proxies and create them", () => each(proxies, client, recreate));
  await rung("set the counter right", options.restoreCounter);
  if (await isClean("after creating them anew")) return;
  const { process } = engine;
  if (process === null) return;
  await rung("kill Toxiproxy and start it again", async () => {
    await process.kill();
    await process.restart();
    await each(proxies, engine.client.within(RESTART_MS_MAX), create);
  }, RESTART_MS_MAX);
  await isClean("after the restart");
}

type Action = (client: ToxiproxyClient, proxy: NewProxy) => Promise<unknown>;

async function each(proxies: readonly NewProxy[], client: ToxiproxyClient, action: Action) {
  await Promise.all(proxies.map((proxy) => action(client, proxy)));
}

const disable: Action = (client, { name }) => client.patch(name, { enabled: false });
const create: Action = (client, proxy) => client.create(proxy);

const clear: Action = async (client, { name }) => {
  for (const toxic of await client.toxics(name)) await client.removeToxic(name, toxic.name);
  await client.patch(name, { enabled: true });
};

const recreate: Action = async (client, proxy) => {
  await client.delete(proxy.name).catch(() => {}); // gone already is as good
  await client.create(proxy);
};

async function withDeadline(work: () => Promise<void>, ms_max: number): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`not done within ${ms_max} ms`)), ms_max);
  const working = work();
  working.catch(() => {}); // one that fails after its deadline was told of already
  try {
    await Promise.race([working, promise]);
  } finally {
    clearTimeout(timer);
  }
}

type Proxies = Readonly<Record<string, ProxyView>>;

/** Empty where nothing differs. */
export function diffProxies(before: Proxies, now: Proxies): string[] {
  const differences: string[] = [];
  for (const [name, then] of Object.entries(before)) {
    if (Object.hasOwn(now, name)) differences.push(...diffProxy(then, now[name]));
    else differences.push(`proxy ${name} is gone`);
  }
  for (const name of Object.keys(now)) {
    if (!Object.hasOwn(before, name)) differences.push(`proxy ${name} was not there before`);
  }
  return differences;
}

function diffProxy(then: ProxyView, now: ProxyView): string[] {
  const name = `proxy ${then.name}`;
  const differences: string[] = [];
  if (then.enabled !== now.enabled) {
    differences.push(`${name} is ${now.enabled ? "enabled" : "disabled"}`);
  }
  for (const field of ["listen", "upstream"] as const) {
    if (then[field] !== now[field]) {
      differences.push(`${name} has ${field} ${now[field]}, had ${then[field]}`);
    }
  }
  const texts = new Map(then.toxics.map((toxic) => [toxic.name, JSON.stringify(toxic)]));
  for (const toxic of now.toxics) {
    const text = texts.get(toxic.name);
    if (text === undefined) differences.push(`${name} still has toxic ${toxic.name}`);
    else if (text !== JSON.stringify(toxic)) differences.push(`${name} has another ${toxic.name}`);
    texts.delete(toxic.name);
  }
  for (const gone of texts.keys()) differences.push(`${name} lacks toxic ${gone}`);
  return differences;
}

/** Longest wait for a connection and for the first byte of an answer. */
export const PROBE_MS_MAX = 1_000;

const REQUEST = new TextEncoder().encode(
  "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
);

/** `answered` with anything; `silent`: taken, then no byte in time or closed. */
export type ProbeOutcome = "answered" | "silent" | "refused";

/** Sends one small HTTP request to `host:port`; whatever comes back is an answer. */
export async function probeAddress(address: string, ms_max = PROBE_MS_MAX): Promise<ProbeOutcome> {
  const colon = address.lastIndexOf(":");
  const target = { hostname: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
  let connection: Deno.TcpConn;
  try {
    connection = await Deno.connect(target);
  } catch {
    return "refused";
  }
  let is_closed = false;
  const close = () => {
    if (!is_closed) connection.close();
    is_closed = true;
  };
  const timer = setTimeout(close, ms_max);
  try {
    await connection.write(REQUEST);
    return await connection.read(new Uint8Array(64)) === null ? "silent" : "answered";
  } catch {
    return "silent";
  } finally {
    clearTimeout(timer);
    close();
  }
}
