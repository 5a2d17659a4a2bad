/** A source on plain TCP: the test controls its bytes and its connections. */
import { within } from "../../../tools/verdict/mod.ts";

/** Longest wait for a connection that the client must close. */
const CLOSE_MS_MAX = 5_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Serves one connection, which is closed afterwards. */
type Serve = (connection: RawConnection) => Promise<void>;

/** Listens on a free port of 127.0.0.1 until disposed. */
export class RawSource implements AsyncDisposable {
  readonly url: string;
  connections = 0;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #open = new Set<RawConnection>();
  readonly #serving = new Set<Promise<void>>();
  readonly #accepting: Promise<void>;

  /** By default the first request is read before `serve` is called. */
  constructor(readonly serve: Serve, readonly options: { reads_requests?: boolean } = {}) {
    this.url = `http://127.0.0.1:${this.#listener.addr.port}/counters`;
    this.#accepting = this.#accept();
  }

  /** Resolves when no connection is being served; rejects if the client closes none in time. */
  async idle(): Promise<void> {
    await within("the client to close", Promise.all(this.#serving), CLOSE_MS_MAX);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#open) connection.close();
    await this.#accepting;
    await Promise.all(this.#serving);
  }

  async #accept(): Promise<void> {
    try {
      for await (const socket of this.#listener) {
        this.connections++;
        const serving = this.#serveOne(new RawConnection(socket));
        this.#serving.add(serving);
        serving.finally(() => this.#serving.delete(serving));
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #serveOne(connection: RawConnection): Promise<void> {
    this.#open.add(connection);
    try {
      if (this.options.reads_requests ?? true) await connection.nextRequest();
      await this.serve(connection);
    } catch (error) {
      if (!isGone(error)) throw error;
    } finally {
      connection.close();
      this.#open.delete(connection);
    }
  }
}

export class RawConnection {
  #received = "";
  #closed = false;

  constructor(readonly socket: Deno.Conn) {}

  /** Reads up to the end of a request's head; false if the client has closed. */
  async nextRequest(): Promise<boolean> {
    const buffer = new Uint8Array(4096);
    while (!this.#received.includes("\r\n\r\n")) {
      const length = await this.socket.read(buffer).catch(() => null);
      // A TLS client's hello never contains the end of a head.
      if (length === null || buffer[0] === 0x16) return length !== null;
      this.#received += decoder.decode(buffer.subarray(0, length));
    }
    this.#received = this.#received.slice(this.#received.indexOf("\r\n\r\n") + 4);
    return true;
  }

  async send(answer: string | Uint8Array): Promise<void> {
    const bytes = typeof answer === "string" ? encoder.encode(answer) : answer;
    for (let sent = 0; sent < bytes.length;) sent += await this.socket.write(bytes.subarray(sent));
  }

  /** Sends the text again and again until the client closes. */
  async flood(text: string): Promise<void> {
    try {
      for (;;) await this.send(text);
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }

  /** Sends a byte every `gap_ms` until the client closes. */
  async drip(gap_ms: number): Promise<void> {
    const closed = this.closedByClient();
    for (let is_open = true; is_open;) {
      await this.send("x");
      let timer: ReturnType<typeof setTimeout> | undefined;
      const gap = new Promise<boolean>((resolve) => timer = setTimeout(resolve, gap_ms, true));
      is_open = await Promise.race([gap, closed.then(() => false)]);
      clearTimeout(timer);
    }
  }

  /** Resolves when the client closes. */
  async closedByClient(): Promise<void> {
    const buffer = new Uint8Array(4096);
    while (await this.socket.read(buffer).catch(() => null) !== null);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.socket.close();
    } catch (error) {
      if (!isGone(error)) throw error;
    }
  }
}

function isGone(error: unknown): boolean {
  return error instanceof Deno.errors.BrokenPipe || error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted ||
    error instanceof Deno.errors.ConnectionAborted;
}
