/** The proxies of a server, and what the API does to them. Errors are `ApiError`s. */
import { isSameListen } from "./address.ts";
import {
  ApiError,
  apiErrorOf,
  patchToxic,
  type ProxyBody,
  proxyExists,
  proxyNotFound,
  readProxies,
  readProxy,
  readProxyPatch,
  readToxic,
  toxicNotFound,
} from "./bodies.ts";
import type { Toxic, ToxicView } from "./link.ts";
import { FineTimers } from "./fine_timers.ts";
import { CONNECTIONS_MAX, PROXIES_MAX, TOXICS_PER_PROXY_MAX } from "./limits.ts";
import { Proxy, type ProxyView } from "./proxy.ts";

export class ProxySet {
  readonly #proxies = new Map<string, Proxy>();
  readonly #timers = new FineTimers();
  #connections = 0;

  constructor(readonly seed: number, readonly connections_max = CONNECTIONS_MAX) {}

  get size(): number {
    return this.#proxies.size;
  }

  get(name: string): Proxy | undefined {
    return this.#proxies.get(name);
  }

  /** Sorted by name. */
  list(): Proxy[] {
    return [...this.#proxies.values()].sort((a, b) => a.name < b.name ? -1 : 1);
  }

  /** Adds or replaces a proxy. If the new one cannot listen, the old one stays, but stopped. */
  async put(name: string, listen: string, upstream: string, enabled: boolean): Promise<Proxy> {
    const proxy = new Proxy(name, listen, upstream, {
      seed: this.seed,
      timers: this.#timers,
      takePlace: () => {
        if (this.#connections >= this.connections_max) return false;
        this.#connections++;
        return true;
      },
      leavePlace: () => void this.#connections--,
    });
    this.get(name)?.stop();
    if (enabled) await proxy.start();
    this.#proxies.set(name, proxy);
    return proxy;
  }

  remove(name: string): boolean {
    this.#proxies.get(name)?.stop();
    return this.#proxies.delete(name);
  }

  close(): void {
    for (const name of [...this.#proxies.keys()]) this.remove(name);
    this.#timers[Symbol.dispose]();
  }
}

export function findProxy(proxies: ProxySet, name: string): Proxy {
  const proxy = proxies.get(name);
  if (proxy === undefined) throw proxyNotFound();
  return proxy;
}

export function findToxic(proxy: Proxy, name: string): Toxic {
  const toxic = proxy.toxic(name);
  if (toxic === undefined) throw toxicNotFound();
  return toxic;
}

async function put(proxies: ProxySet, body: ProxyBody): Promise<Proxy> {
  const { name, listen, upstream, enabled } = body;
  if (proxies.get(name) === undefined && proxies.size >= PROXIES_MAX) {
    throw new ApiError(400, `${proxies.size + 1} proxies: at most ${PROXIES_MAX}; delete some`);
  }
  return await asServerError(() => proxies.put(name, listen, upstream, enabled));
}

/** A failure of the system, such as a port in use, becomes a 500. */
async function asServerError<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new ApiError(500, (error as Error).message);
  }
}

export async function createProxy(proxies: ProxySet, text: string): Promise<ProxyView> {
  const body = readProxy(text);
  if (proxies.get(body.name) !== undefined) throw proxyExists();
  return (await put(proxies, body)).view();
}

/** A new address closes the connections; another spelling of the same does not. Toxics stay. */
export async function patchProxy(proxy: Proxy, text: string): Promise<ProxyView> {
  const patch = readProxyPatch(text);
  const upstream = patch.upstream ?? proxy.upstream;
  const enabled = patch.enabled ?? proxy.enabled;
  const is_moved = patch.listen !== undefined && !await listensOn(proxy, patch.listen);
  if (is_moved || upstream !== proxy.upstream) proxy.stop();
  if (is_moved) proxy.listen = patch.listen!;
  proxy.upstream = upstream;
  if (enabled) await asServerError(() => proxy.start());
  else proxy.stop();
  return proxy.view();
}

function listensOn(proxy: Proxy, listen: string): Promise<boolean> {
  return asServerError(() => isSameListen(proxy.listen, listen));
}

/** The error of POST /populate, with the proxies it created before. */
export class PopulateError extends ApiError {
  constructor(error: ApiError, readonly proxies: readonly ProxyView[] | null) {
    super(error.status, error.message);
  }
}

/** Replaces proxies of the same name, unless their addresses are the same too. */
export async function populate(proxies: ProxySet, text: string): Promise<ProxyView[] | null> {
  const done: Proxy[] = [];
  // At the end: a later proxy of the same name has stopped an earlier one.
  const views = () => done.length === 0 ? null : done.map((proxy) => proxy.view());
  try {
    for (const body of readProxies(text)) {
      const known = proxies.get(body.name);
      const is_same = known !== undefined && await listensOn(known, body.listen) &&
        known.upstream === body.upstream;
      done.push(is_same ? known : await put(proxies, body));
    }
  } catch (error) {
    throw new PopulateError(apiErrorOf(error), views());
  }
  return views();
}

/** Enables all proxies and removes all toxics. Continues past a proxy that cannot listen. */
export async function reset(proxies: ProxySet): Promise<void> {
  const failures: string[] = [];
  for (const proxy of proxies.list()) {
    for (const toxic of proxy.toxics) proxy.removeToxic(toxic);
    try {
      await proxy.start();
    } catch (error) {
      failures.push(`proxy ${proxy.name}: ${(error as Error).message}`);
    }
  }
  if (failures.length > 0) throw new ApiError(500, failures.join("; "));
}

export function createToxic(proxy: Proxy, text: string): ToxicView {
  const view = readToxic(text, (name) => proxy.toxic(name) !== undefined);
  if (proxy.toxics.length >= TOXICS_PER_PROXY_MAX) {
    throw new ApiError(400, `a proxy has at most ${TOXICS_PER_PROXY_MAX} toxics; delete some`);
  }
  proxy.addToxic(view);
  return view;
}

export function updateToxic(proxy: Proxy, toxic: Toxic, text: string): ToxicView {
  const view = patchToxic(text, toxic.view);
  proxy.updateToxic(toxic, view);
  return view;
}
