/** A TCP client that records the size and time of every arrival. */
import { firstValue, WAIT_MS_MAX } from "../../verdict/mod.ts";
import { readAddress } from "../address.ts";
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

  private constructor(readonly connection: Deno.TcpConn) {}

  static async connect(address: string, reads = true): Promise<TestClient> {
    const { host, port } = readAddress(address);
    const connection = await Deno.connect({ hostname: host, port });
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

  /** Sends bytes and waits for as many; returns the time in ms, NaN if they do not come in time. */
  async roundTrip(bytes: number, ms_max = WAIT_MS_MAX): Promise<number> {
    const before = this.bytes;
    const start_ms = performance.now();
    await this.send(bytes);
    const came = await eventually(
      () => this.bytes >= before + bytes || this.ended !== null,
      ms_max,
    );
    return came && this.bytes >= before + bytes ? this.arrivals.at(-1)!.at_ms - start_ms : NaN;
  }

  /** How the connection ended; null if it does not end in time. */
  async end(ms_max = WAIT_MS_MAX): Promise<string | null> {
    await eventually(() => this.ended !== null, ms_max);
    return this.ended;
  }

  async #read(): Promise<void> {
    const buffer = new Uint8Array(1_048_576);
    try {
      for (;;) {
        const count = await this.connection.read(buffer);
        if (count === null) break;
        this.arrivals.push({ at_ms: performance.now(), bytes: count });
      }
      this.ended = "end";
    } catch (error) {
      this.ended = (error as Error).name;
    }
    this.ended_at_ms = performance.now();
  }

  [Symbol.dispose](): void {
    closeQuietly(this.connection);
  }
}

/** Waits for the condition; false if it does not come true in time. */
export async function eventually(
  condition: () => boolean,
  ms_max = WAIT_MS_MAX,
): Promise<boolean> {
  return await firstValue(condition, { wait_ms_max: ms_max, look_every_ms: 2 }) ?? false;
}
