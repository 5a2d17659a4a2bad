/** The connections of one VU: kept between its requests, never shared with another VU. */
import { dial, type Dialed, type DialOptions } from "./dialer.ts";
import { type Exchange, type ExchangeRequest, failedExchange } from "./exchange.ts";
import { IDLE_CONNECTIONS_MAX } from "./limits.ts";
import type { TimedConnection } from "./timed_connection.ts";

export interface ConnectionSettings extends DialOptions {
  /** Whether each request gets a connection of its own. */
  readonly no_reuse: boolean;
  /** Null, or what to await before a request may leave (option `rps`). */
  readonly admit: () => Promise<void> | null;
}

/** Nothing here throws for what the network does. */
export class VuConnections {
  readonly #settings: ConnectionSettings;
  readonly #now: () => number;
  /** By origin. */
  readonly #idle = new Map<string, TimedConnection[]>();
  readonly #busy = new Set<TimedConnection>();
  /** Counts interrupts: an exchange of an earlier count never settles. */
  #era = 0;

  constructor(settings: ConnectionSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  async exchange(request: ExchangeRequest): Promise<Exchange> {
    const era = this.#era;
    const admission = this.#settings.admit();
    if (admission !== null) await admission;
    const asked_ms = this.#now();
    const deadline_ms = asked_ms + request.timeout_ms;
    const idle = this.#idle.get(request.endpoint.origin)?.pop();
    let exchange: Exchange | null = null;
    if (idle !== undefined) {
      this.#busy.add(idle);
      const failure = await idle.exchange(request, asked_ms, deadline_ms);
      this.#settle(idle, request);
      const is_over = failure !== null && request.is_repeatable && idle.is_stale;
      if (!is_over) exchange = toExchange(idle, failure, 0, null);
    }
    if (exchange === null && era === this.#era) {
      exchange = await this.#exchangeAnew(request, deadline_ms);
    }
    return era === this.#era ? exchange! : await new Promise<never>(() => {});
  }

  async #exchangeAnew(request: ExchangeRequest, deadline_ms: number): Promise<Exchange> {
    const { endpoint, timeout_ms } = request;
    const era = this.#era;
    const dialed = await dial(endpoint, this.#settings, this.#now, timeout_ms);
    const { connection, connecting_ms, tls_handshaking_ms } = dialed;
    if (connection === null) {
      return failedExchange(dialed.failure!, {
        blocked_ms: connecting_ms + tls_handshaking_ms,
        connecting_ms,
        tls_handshaking_ms,
      });
    }
    if (era !== this.#era) connection.close();
    this.#busy.add(connection);
    const failure = await connection.exchange(request, this.#now(), deadline_ms);
    this.#settle(connection, request);
    return toExchange(connection, failure, connecting_ms + tls_handshaking_ms, dialed);
  }

  #settle(connection: TimedConnection, { endpoint }: ExchangeRequest): void {
    this.#busy.delete(connection);
    if (connection.is_open) this.#keep(connection, endpoint.origin);
  }

  #keep(connection: TimedConnection, origin: string): void {
    let idle = this.#idle.get(origin);
    if (idle === undefined) this.#idle.set(origin, idle = []);
    if (this.#settings.no_reuse || idle.length === IDLE_CONNECTIONS_MAX) connection.close();
    else idle.push(connection);
  }

  /** Breaks off exchanges whose time is over; to be called now and then. */
  expire(now_ms: number): void {
    for (const connection of this.#busy) connection.expire(now_ms);
  }

  /** Breaks off everything under way; those exchanges never settle, so the script stops there. */
  interrupt(): void {
    this.#era++;
    for (const connection of this.#busy) connection.close();
  }

  closeIdle(): void {
    for (const idle of this.#idle.values()) for (const connection of idle) connection.close();
    this.#idle.clear();
  }

  close(): void {
    this.interrupt();
    this.closeIdle();
  }
}

function toExchange(
  connection: TimedConnection,
  failure: Exchange["failure"],
  blocked_ms: number,
  dialed: Dialed | null,
): Exchange {
  const { answer } = connection;
  return {
    failure,
    status: failure === null ? connection.parser.status : 0,
    bytes: answer.bytes,
    head_start: answer.head_start,
    head_end: answer.head_end,
    body_end: answer.body_end,
    blocked_ms,
    connecting_ms: dialed === null ? 0 : dialed.connecting_ms,
    tls_handshaking_ms: dialed === null ? 0 : dialed.tls_handshaking_ms,
    sending_ms: connection.sending_ms,
    waiting_ms: connection.waiting_ms,
    receiving_ms: connection.receiving_ms,
    bytes_sent: connection.bytes_sent,
    bytes_received: connection.bytes_received,
    remote_ip: connection.remote_ip,
    remote_port: connection.remote_port,
  };
}
