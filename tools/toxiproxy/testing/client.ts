/** A TCP client that records the size and time of every arrival. */
import { closeQuietly, writeAll } from "./upstream.ts";

export interface Arrival {
  readonly at_ms: number;
  readonly bytes: number;
}

export class TestClient implements Disposable {
  readonly arrivals: Arrival[] = [];
  /** `end`, or the error's name; null while it is open. */
  ended: string | null = null;
  ended_at_ms = NaN;
  #waiting: (() => void)[] = [];

  private constructor(readonly connection: Deno.TcpConn) {}

  static async connect(address: string, reads = true): Promise<TestClient> {
    const [hostname, port] = address.split(":");
    const connection = await Deno.connect({ hostname, port: Number(port) });
    connection.setNoDelay(true);
    const client = new TestClient(connection);
    if (reads) client.#read();
    return client;
  }

  get bytes(): number {
    return this.arrivals.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  async send(bytes: number): Promise<void> {
    await writeAll(this.connection, new Uint8Array(bytes));
  }

  /** Waits for the condition, checked after every arrival; false if time runs out. */
  async until(condition: () => boolean, ms_max: number): Promise<boolean> {
    const deadline_ms = performance.now() + ms_max;
    while (!condition()) {
      const left_ms = deadline_ms - performance.now();
      if (left_ms <= 0) return false;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, left_ms);
      this.#waiting.push(resolve);
      await promise;
      clearTimeout(timer);
    }
    return true;
  }

  /** Sends bytes and waits for as many; returns the time in ms, NaN if they do not come in time. */
  async roundTrip(bytes: number, ms_max = 5_000): Promise<number> {
    const before = this.bytes;
    const start_ms = performance.now();
    await this.send(bytes);
    const came = await this.until(
      () => this.bytes >= before + bytes || this.ended !== null,
      ms_max,
    );
    return came && this.bytes >= before + bytes ? this.arrivals.at(-1)!.at_ms - start_ms : NaN;
  }

  /** How the connection ended; null if it does not end in time. */
  async end(ms_max = 5_000): Promise<string | null> {
    await this.until(() => this.ended !== null, ms_max);
    return this.ended;
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(1_048_576);
    try {
      for (;;) {
        const count = await this.connection.read(buffer);
        if (count === null) break;
        this.arrivals.push({ at_ms: performance.now(), bytes: count });
        this.#wake();
      }
      this.ended = "end";
    } catch (error) {
      this.ended = (error as Error).name;
    }
    this.ended_at_ms = performance.now();
    this.#wake();
  }

  #wake(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  [Symbol.dispose](): void {
    closeQuietly(this.connection);
  }
}
