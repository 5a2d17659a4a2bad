/** Connections of one run: opened together, checked for timeouts, reopened after errors. */
import { HttpConnection } from "./connection.ts";
import { RECONNECT_PAUSE_MS_MAX, RECONNECT_PAUSE_MS_MIN, TIMEOUT_SWEEP_MS } from "./limits.ts";
import type { LoadEnvironment, LoadPlan, Tally } from "./load.ts";

/** Always call {@link close}: it stops the timeout checks and closes the connections. */
export class ConnectionPool {
  readonly connections: readonly HttpConnection[];
  readonly #now: () => number;
  readonly #sweep: ReturnType<typeof setInterval>;

  constructor(plan: LoadPlan, { dial, now }: LoadEnvironment, private readonly tally: Tally) {
    const { response_timeout_ms } = plan;
    this.#now = now;
    this.connections = Array.from(
      { length: plan.connections },
      () => new HttpConnection({ dial, now, response_timeout_ms }),
    );
    this.#sweep = setInterval(() => {
      const now_ms = now();
      for (const connection of this.connections) connection.expire(now_ms);
    }, Math.min(TIMEOUT_SWEEP_MS, response_timeout_ms ?? Infinity));
  }

  /** Tries to open each connection once. */
  async openAll(): Promise<void> {
    await Promise.all(this.connections.map((connection) => this.#open(connection)));
  }

  /**
   * Tries to reopen a connection: at once after a good exchange (the server ended keep-alive), else
   * after a pause that doubles with each consecutive error. Waits until `end_ms` at most.
   */
  async reopen(connection: HttpConnection, end_ms: number): Promise<void> {
    const { failures } = connection;
    if (failures > 0) {
      const pause_ms = Math.min(
        RECONNECT_PAUSE_MS_MIN * 2 ** Math.min(failures - 1, 16),
        RECONNECT_PAUSE_MS_MAX,
        Math.max(0, end_ms - this.#now()),
      );
      await new Promise((resolve) => setTimeout(resolve, pause_ms));
      if (this.#now() >= end_ms) return;
    }
    this.tally.reconnects++;
    await this.#open(connection);
  }

  close(): void {
    clearInterval(this.#sweep);
    for (const connection of this.connections) connection.close();
  }

  async #open(connection: HttpConnection): Promise<void> {
    const error = await connection.open();
    if (error !== null) this.tally.error(error);
  }
}
