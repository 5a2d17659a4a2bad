/** Brings a Toxiproxy that was there before the lab back to how it was found. */
import type { WatchedProxy } from "./protocol.ts";

/** How long one call may take, in milliseconds: a server that is wedged must not hold up the rest. */
export const CALL_MS_MAX = 700;

/** Sends one request; gives the status and the JSON of the answer. */
export type Call = (
  method: string,
  url: string,
  body?: unknown,
) => Promise<{ status: number; json: unknown }>;

interface Toxic {
  name: string;
  [attribute: string]: unknown;
}

interface Proxy {
  name: string;
  listen: string;
  upstream: string;
  enabled: boolean;
  toxics: Toxic[];
}

type Proxies = Record<string, Proxy>;

/**
 * Removes the lab's own proxies (by prefix, else those that were not there) and, where no prefix
 * says that the others were never touched, puts the others back: address, enabled, toxics.
 * Each step is told; one that fails does not keep the next from being tried.
 */
export async function restoreProxies(
  { api, before, prefix }: WatchedProxy,
  call: Call,
  onStep: (step: string) => void,
): Promise<void> {
  const then = proxiesIn(before);
  const attempt = async (what: string, method: string, path: string, body?: unknown) => {
    try {
      const { status, json } = await call(method, `${api}${path}`, body);
      onStep(`${what} at ${api}: ${status}`);
      return json;
    } catch (error) {
      onStep(`${what} at ${api} failed: ${(error as Error).message}`);
    }
  };
  const now = proxiesIn(await attempt("read proxies", "GET", "/proxies"));
  for (const name of Object.keys(now)) {
    const is_ours = prefix === undefined ? !(name in then) : name.startsWith(prefix);
    if (is_ours) await attempt(`remove proxy ${name}`, "DELETE", pathOf(name));
  }
  if (prefix !== undefined) return;
  for (const [name, proxy] of Object.entries(then)) {
    await restoreProxy(name, proxy, now[name], attempt);
  }
}

async function restoreProxy(
  name: string,
  then: Proxy,
  now: Proxy | undefined,
  attempt: (what: string, method: string, path: string, body?: unknown) => Promise<unknown>,
): Promise<void> {
  const { listen, upstream, enabled } = then;
  const known = new Set(then.toxics.map((toxic) => toxic.name));
  if (now === undefined) {
    await attempt(`make proxy ${name}`, "POST", "/proxies", { name, listen, upstream, enabled });
  }
  for (const toxic of now?.toxics ?? []) {
    if (known.has(toxic.name)) continue;
    const path = `${pathOf(name)}/toxics/${encodeURIComponent(toxic.name)}`;
    await attempt(`remove toxic ${toxic.name} of ${name}`, "DELETE", path);
  }
  for (const toxic of then.toxics) {
    if (now?.toxics.some((other) => other.name === toxic.name)) continue;
    await attempt(`add toxic ${toxic.name} to ${name}`, "POST", `${pathOf(name)}/toxics`, toxic);
  }
  const is_same = now?.enabled === enabled && now.upstream === upstream && now.listen === listen;
  if (now !== undefined && !is_same) {
    await attempt(`set proxy ${name}`, "PATCH", pathOf(name), { listen, upstream, enabled });
  }
}

function pathOf(name: string): string {
  return `/proxies/${encodeURIComponent(name)}`;
}

function proxiesIn(answer: unknown): Proxies {
  if (typeof answer !== "object" || answer === null) return {};
  return Object.fromEntries(
    Object.entries(answer as Proxies).map(([name, proxy]) => [name, {
      ...proxy,
      toxics: Array.isArray(proxy?.toxics) ? proxy.toxics : [],
    }]),
  );
}
