/** One proxy: it listens, connects each client to the upstream, and applies its toxics. */
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { type Address, formatAddress, readAddress, resolveAddress } from "./address.ts";
import { checkStream } from "./checks.ts";
import { Connection } from "./connection.ts";
import type { FineTimers } from "./fine_timers.ts";
import { hitsOfToxic, noHits } from "./hits.ts";
import { BACKLOG_MAX, DIAL_MS_MAX } from "./limits.ts";
import type { Toxic, ToxicView } from "./link.ts";

export interface ProxyView {
  readonly name: string;
  readonly listen: string;
  readonly upstream: string;
  readonly enabled: boolean;
  readonly toxics: readonly ToxicView[];
}

/** What all proxies of a server share. */
interface ServerWorld {
  readonly seed: number;
  readonly timers: FineTimers;
  /** Takes a place among the connections of the process; false if all are taken. */
  takePlace(): boolean;
  leavePlace(): void;
}

export class Proxy {
  readonly hits = noHits();
  readonly #toxics = new Map<string, Toxic>();
  readonly #connections = new Set<Connection>();
  /** Clients whose upstream has not accepted yet, with its socket. */
  readonly #dialing = new Map<Socket, Socket>();
  #listener: Listener | null = null;

  constructor(
    readonly name: string,
    public listen: string,
    public upstream: string,
    readonly world: ServerWorld,
  ) {}

  get enabled(): boolean {
    return this.#listener !== null;
  }

  get toxics(): readonly Toxic[] {
    const all = [...this.#toxics.values()];
    const of = (stream: string) => all.filter((toxic) => toxic.stream === stream);
    return [...of("upstream"), ...of("downstream")];
  }

  view(): ProxyView {
    return {
      name: this.name,
      listen: this.listen,
      upstream: this.upstream,
      enabled: this.enabled,
      toxics: this.toxics.map((toxic) => toxic.view),
    };
  }

  toxic(name: string): Toxic | undefined {
    return this.#toxics.get(name);
  }

  async start(): Promise<void> {
    if (this.#listener !== null) return;
    this.#listener = await listen(this.listen, (socket) => this.#accept(socket));
    this.listen = this.#listener.address;
  }

  /** Stops listening and closes all connections. */
  stop(): void {
    if (this.#listener === null) return;
    this.#listener.close();
    this.#listener = null;
    for (const [client, upstream] of this.#dialing) {
      client.destroy();
      upstream.destroy();
    }
    this.hits.connections_cut += this.#connections.size + this.#dialing.size;
    for (const connection of [...this.#connections]) connection.close();
  }

  addToxic(view: ToxicView): void {
    this.world.timers.start();
    const hits = hitsOfToxic(this.hits, view.name, view.type);
    const toxic: Toxic = { view, stream: checkStream(view.stream), hits };
    this.#toxics.set(view.name, toxic);
    for (const connection of this.#connections) connection.add(toxic);
  }

  updateToxic(toxic: Toxic, view: ToxicView): void {
    toxic.view = view;
    for (const connection of [...this.#connections]) connection.update(toxic);
  }

  removeToxic(toxic: Toxic): void {
    this.#toxics.delete(toxic.view.name);
    for (const connection of [...this.#connections]) connection.remove(toxic);
  }

  #accept(client: Socket): void {
    client.on("error", () => {}); // its "close" follows
    const { hits } = this;
    hits.connections++;
    if (!this.world.takePlace()) {
      hits.connections_failed++;
      client.destroy();
      return;
    }
    const number = hits.connections;
    const { host, port } = readAddress(this.upstream);
    const upstream = connect({
      host: host || "127.0.0.1",
      port,
      allowHalfOpen: true,
      noDelay: true,
    });
    let is_up = false;
    const timer = setTimeout(() => upstream.destroy(), DIAL_MS_MAX);
    this.#dialing.set(client, upstream);
    upstream.on("error", () => {}); // its "close" follows
    client.once("close", () => {
      if (!is_up) upstream.destroy();
    });
    upstream.once("connect", () => {
      if (client.destroyed) return upstream.destroy();
      is_up = true;
      this.#settle(client, timer);
      this.#join(client, upstream, number);
    });
    upstream.once("close", () => {
      if (is_up) return;
      this.#settle(client, timer);
      hits.connections_failed++;
      client.destroy();
      this.world.leavePlace();
    });
  }

  #settle(client: Socket, timer: ReturnType<typeof setTimeout>): void {
    clearTimeout(timer);
    this.#dialing.delete(client);
  }

  #join(client: Socket, upstream: Socket, number: number): void {
    const connection = new Connection({
      client,
      upstream,
      number,
      proxy: this.name,
      seed: this.world.seed,
      timers: this.world.timers,
      hits: this.hits,
      toxics: this.#toxics.values(),
      onClosed: () => {
        this.#connections.delete(connection);
        this.hits.connections_open--;
        this.world.leavePlace();
      },
    });
    this.#connections.add(connection);
    this.hits.connections_open++;
  }
}

interface Listener {
  /** The actual address, with port and name resolved. */
  readonly address: string;
  /** Stops listening; connections stay open. */
  close(): void;
}

/** Rejects in Go's words: `listen tcp 127.0.0.1:80: bind: address already in use`. */
async function listen(text: string, onSocket: (socket: Socket) => void): Promise<Listener> {
  const address = await resolveAddress(text).catch((error) => {
    throw new Error(`listen tcp: ${error.message}`);
  });
  try {
    return await listenOn(address, onSocket);
  } catch (error) {
    const { code = "", message } = error as NodeJS.ErrnoException;
    // The system has no IPv6.
    if (address.host === "::" && !/EADDRINUSE|EACCES/.test(code)) {
      return await listenOn({ ...address, host: "0.0.0.0" }, onSocket);
    }
    const shown = formatAddress(address.host === "::" ? readAddress(text) : address);
    throw new Error(`listen tcp ${shown}: ${BIND_ERRORS[code] ?? message}`);
  }
}

const BIND_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: "bind: address already in use",
  EADDRNOTAVAIL: "bind: cannot assign requested address",
  EINVAL: "bind: cannot assign requested address",
  EACCES: "bind: permission denied",
};

function listenOn(address: Address, onSocket: (socket: Socket) => void): Promise<Listener> {
  // node:net: a Deno.TcpConn cannot send RST.
  const server = createServer({ allowHalfOpen: true, noDelay: true }, onSocket);
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: address.host, port: address.port, backlog: BACKLOG_MAX }, () => {
      server.on("error", () => {}); // a client that left before it was accepted
      resolve({ address: addressOf(server), close: () => server.close() });
    });
  });
}

function addressOf(server: Server): string {
  const { address, port } = server.address() as AddressInfo;
  return formatAddress({ host: address, port });
}
