/** A source on a raw socket whose behavior, good or bad, a test changes while it is polled. */
import { becomesFree, listenOnFreePort } from "../../tools/processes/mod.ts";
import { ByteReader } from "./byte_reader.ts";

interface ReceivedRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: Headers;
}

/** Response of the source to a request. */
export interface Behavior {
  /** Leaves the request unread in the socket. */
  readonly unread?: boolean;
  /** Returns whether the connection stays open. */
  act(conn: Deno.Conn, request: ReceivedRequest): Promise<boolean>;
}

/** Requests kept, the latest ones. */
const REQUESTS_MAX = 10_000;

/** A source on a free port of the loopback address. */
export class FakeSource implements AsyncDisposable {
  /** Applies from the next request on. */
  behavior: Behavior;
  readonly requests: ReceivedRequest[] = [];
  readonly port: number;
  readonly #path: string;
  #listener: Deno.TcpListener | null;
  #accepting: Promise<void>;
  readonly #conns = new Set<Deno.Conn>();
  readonly #work = new Set<Promise<void>>();

  constructor(behavior: Behavior, path = "/counters") {
    this.behavior = behavior;
    this.#path = path;
    this.#listener = listenOnFreePort();
    this.port = this.#listener.addr.port;
    this.#accepting = this.#accept(this.#listener);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}${this.#path}`;
  }

  /** Open connections. */
  get connections(): number {
    return this.#conns.size;
  }

  /** Stops listening and closes all connections; resolves once new ones are refused. */
  async refuse(): Promise<void> {
    this.#listener?.close();
    this.#listener = null;
    this.dropConnections();
    await this.#accepting;
    await becomesFree(this.port);
  }

  listenAgain(): void {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: this.port });
    this.#accepting = this.#accept(this.#listener);
  }

  dropConnections(): void {
    for (const conn of this.#conns) conn.close();
    this.#conns.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.refuse();
    await Promise.all(this.#work);
  }

  async #accept(listener: Deno.TcpListener): Promise<void> {
    for (;;) {
      let conn;
      try {
        conn = await listener.accept();
      } catch {
        return; // closed
      }
      this.#conns.add(conn);
      this.#track(this.#converse(conn));
    }
  }

  async #converse(conn: Deno.Conn): Promise<void> {
    try {
      while (await this.#serveOne(conn));
    } catch {
      // The poller or refuse() closed the connection.
    } finally {
      if (this.#conns.delete(conn)) conn.close();
    }
  }

  async #serveOne(conn: Deno.Conn): Promise<boolean> {
    const first = new Uint8Array(1);
    if (await conn.read(first) === null) return false;
    const unread = { method: "", target: "", headers: new Headers() };
    const request = this.behavior.unread ? unread : await readRequest(conn, first);
    if (this.requests.length >= REQUESTS_MAX) this.requests.shift();
    this.requests.push(request);
    return await this.behavior.act(conn, request);
  }

  #track(work: Promise<void>): void {
    this.#work.add(work);
    work.finally(() => this.#work.delete(work));
  }
}

async function readRequest(conn: Deno.Conn, first: Uint8Array): Promise<ReceivedRequest> {
  const head = new TextDecoder().decode(first) + await new ByteReader(conn).until("\r\n\r\n");
  const [request_line, ...lines] = head.split("\r\n");
  const [method, target] = request_line.split(" ");
  const headers = new Headers(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon), line.slice(colon + 1).trim()];
    }),
  );
  return { method, target, headers };
}
