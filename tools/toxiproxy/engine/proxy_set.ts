/** All proxies of a server, by name. */
import { CONNECTIONS_MAX } from "../limits.ts";
import { Proxy, type ProxyView } from "./proxy.ts";

export class ProxySet {
  readonly #proxies = new Map<string, Proxy>();
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

  /** Adds it, listening where asked to; nothing is added where it cannot. A proxy of that name is replaced. */
  async put(name: string, listen: string, upstream: string, enabled: boolean): Promise<Proxy> {
    const proxy = new Proxy(name, listen, upstream, {
      seed: this.seed,
      takePlace: () => {
        if (this.#connections >= this.connections_max) return false;
        this.#connections++;
        return true;
      },
      leavePlace: () => void this.#connections--,
    });
    this.remove(name);
    if (enabled) await proxy.start();
    this.#proxies.set(name, proxy);
    return proxy;
  }

  remove(name: string): boolean {
    this.#proxies.get(name)?.stop();
    return this.#proxies.delete(name);
  }

  /** As `GET /proxies` answers. */
  view(): Record<string, ProxyView> {
    return Object.fromEntries(this.list().map((proxy) => [proxy.name, proxy.view()]));
  }

  close(): void {
    for (const name of [...this.#proxies.keys()]) this.remove(name);
  }
}
