/** A proxy in front of a {@link RawSource}, and a client on a raw socket. */
import { within } from "../../../tools/verdict/mod.ts";
import { ActiveFaults } from "../active_faults.ts";
import { type ProxyCounters, zeroCounters } from "../client_connection.ts";
import { readFault } from "../fault_kinds.ts";
import { startProxy } from "../proxy.ts";
import { type RawSource, startRawSource } from "./raw_source.ts";

const READ_MS_MAX = 10_000;

export interface Proxied extends AsyncDisposable {
  readonly source: RawSource;
  readonly faults: ActiveFaults;
  readonly counters: ProxyCounters;
  readonly port: number;
  /** Puts a fault on, with its kind as the id. */
  put(kind: string, params?: Record<string, number | string>): void;
  connect(): Promise<Client>;
}

/** Starts source and proxy on free ports. */
export function startProxied(source_port?: number): Proxied {
  const source = startRawSource();
  const counters = zeroCounters();
  const faults = new ActiveFaults({
    now: () => 0,
    after: () => () => {},
    randomOf: () => () => 0,
  });
  const proxy = startProxy(0, {
    source: { hostname: "127.0.0.1", port: source_port ?? source.port },
    faults,
    counters,
  });
  return {
    source,
    faults,
    counters,
    port: proxy.port,
    put: (kind, params = {}) => faults.put(kind, readFault(kind, params), null),
    connect: async () =>
      new Client(await Deno.connect({ hostname: "127.0.0.1", port: proxy.port })),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await source[Symbol.asyncDispose]();
    },
  };
}

class Client implements Disposable {
  readonly #conn: Deno.TcpConn;
  #held = "";

  constructor(conn: Deno.TcpConn) {
    this.#conn = conn;
  }

  /** Sends a GET with these header lines. */
  async get(...headers: string[]): Promise<void> {
    const lines = ["GET /counters HTTP/1.1", "Host: x", ...headers];
    await this.send(lines.join("\r\n") + "\r\n\r\n");
  }

  async send(text: string): Promise<void> {
    await this.#conn.write(new TextEncoder().encode(text));
  }

  /** Reads up to and including the mark; throws if the connection ends before it. */
  async until(mark: string): Promise<string> {
    let at: number;
    while ((at = this.#held.indexOf(mark)) < 0) {
      if (!await this.#more()) {
        throw new Error(`closed before ${JSON.stringify(mark)}: ${JSON.stringify(this.#held)}`);
      }
    }
    const text = this.#held.slice(0, at + mark.length);
    this.#held = this.#held.slice(at + mark.length);
    return text;
  }

  /** Reads to the end of the connection. */
  async rest(): Promise<string> {
    while (await this.#more());
    return this.#held;
  }

  [Symbol.dispose](): void {
    this.#conn.close();
  }

  async #more(): Promise<boolean> {
    const buffer = new Uint8Array(65_536);
    const what = `bytes after ${JSON.stringify(this.#held)}`;
    const read = await within(what, this.#conn.read(buffer), READ_MS_MAX);
    if (read === null) return false;
    this.#held += new TextDecoder().decode(buffer.subarray(0, read));
    return true;
  }
}
