/**
 * Rolls back TCP faults by escalation:
 *
 *     disable proxies → reset → delete and create proxies → restart Toxiproxy
 *
 * The real Toxiproxy can hang when a toxic is removed while a client does not read, so each step
 * has a deadline.
 */
import { within } from "../../tools/verdict/mod.ts";
import type {
  NewProxy,
  ProxyView,
  RunningToxiproxy,
  ToxiproxyClient,
} from "../../tools/toxiproxy/mod.ts";
import type { ManagedProcess } from "../subject/mod.ts";
import { attempt, type OnStep } from "./actuator.ts";

const RESTART_MS_MAX = 5_000;

interface RollbackOptions {
  readonly engine: RunningToxiproxy<ManagedProcess>;
  /** The lab's own proxies; a shared server may have more. */
  readonly proxies: readonly NewProxy[];
  diff(): Promise<string[]>;
  restoreRelay(): Promise<void>;
  /** Deadline of each step but the restart. */
  readonly step_ms_max: number;
  readonly onStep: OnStep;
}

/** Escalates until no difference remains. */
export async function rollBackTcp(options: RollbackOptions): Promise<void> {
  const { engine, proxies, step_ms_max, onStep } = options;
  const client = engine.client.within(step_ms_max);
  const run = (step: string, work: () => Promise<unknown>, ms_max = step_ms_max) =>
    attempt(step, onStep, () => within("it to finish", work(), ms_max));
  const isClean = async (step: string) => {
    const left = await options.diff();
    if (left.length > 0) onStep(`${step}: ${left.join("; ")}`, false);
    return left.length === 0;
  };
  await run("disable the proxies", () => each(proxies, client, disable));
  // On a shared server, /reset would remove the toxics of others.
  if (engine.process === null) {
    await run("remove the toxics", () => each(proxies, client, clear));
  } else await run("POST /reset", () => client.reset());
  if (await isClean("after the reset")) return;
  await run("delete the proxies and create them", () => each(proxies, client, recreate));
  await run("restore the relay", options.restoreRelay);
  if (await isClean("after creating them again")) return;
  const { process } = engine;
  if (process === null) return;
  await run("restart Toxiproxy", async () => {
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
  await client.delete(proxy.name).catch(() => {}); // may be gone already
  await client.create(proxy);
};

type Proxies = Readonly<Record<string, ProxyView>>;

/** Differences between two answers of `GET /proxies`, as sentences. */
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

/** Deadline for the first byte of an answer, in milliseconds. */
const PROBE_MS_MAX = 1_000;

/** Requests of a few bytes that a server of the protocol answers. */
export const HTTP_GREETING = "HEAD / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
export const REDIS_GREETING = "PING\r\n";

/** `silent`: accepted, then closed or no byte before the deadline. */
type ProbeOutcome = "answered" | "silent" | "refused";

/** Sends a greeting to `host:port`; any byte in return is an answer. */
export async function probeAddress(
  address: string,
  greeting = HTTP_GREETING,
  ms_max = PROBE_MS_MAX,
): Promise<ProbeOutcome> {
  const colon = address.lastIndexOf(":");
  const target = { hostname: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
  const connection = await Deno.connect(target).catch(() => null);
  if (connection === null) return "refused";
  try {
    await connection.write(new TextEncoder().encode(greeting));
    const answer = within("an answer", connection.read(new Uint8Array(64)), ms_max);
    return await answer === null ? "silent" : "answered";
  } catch {
    return "silent";
  } finally {
    connection.close();
  }
}
