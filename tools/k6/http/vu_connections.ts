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
  readonly #open = new Set<TimedConnection>();
  /** Counts interrupts: an exchange of an earlier count never settles. */
  #era = 0;

  constructor(settings: ConnectionSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /** `onEnd` is called with the answer, or never where an interrupt comes first. */
  exchange(request: ExchangeRequest, onEnd: (exchange: Exchange) => void): void {
    const admission = this.#settings.admit();
    if (admission === null) return this.#exchangeNow(request, onEnd);
    const era = this.#era;
    void admission.then(() => {
      if (era === this.#era) this.#exchangeNow(request, onEnd);
    });
  }

  #exchangeNow(request: ExchangeRequest, onEnd: (exchange: Exchange) => void): void {
    const asked_ms = this.#now();
    const deadline_ms = asked_ms + request.timeout_ms;
    const idle = this.#idle.get(request.endpoint.origin)?.pop();
    if (idle === undefined) return void this.#exchangeAnew(request, deadline_ms, onEnd);
    const era = this.#era;
    idle.exchange(request, asked_ms, deadline_ms, (failure) => {
      this.#settle(idle, request);
      if (era !== this.#era) return;
      const is_over = failure !== null && request.is_repeatable && idle.is_stale;
      if (is_over) void this.#exchangeAnew(request, deadline_ms, onEnd);
      else onEnd(toExchange(idle, failure, 0, null));
    });
  }

  async #exchangeAnew(
    request: ExchangeRequest,
    deadline_ms: number,
    onEnd: (exchange: Exchange) => void,
  ): Promise<void> {
    const { endpoint, timeout_ms } = request;
    const era = this.#era;
    const dialed = await dial(endpoint, this.#settings, this.#now, timeout_ms);
    const { connection, connecting_ms, tls_handshaking_ms } = dialed;
    if (era !== this.#era) return connection?.close();
    const blocked_ms = connecting_ms + tls_handshaking_ms;
    if (connection === null) {
      return onEnd(
        failedExchange(dialed.failure!, { blocked_ms, connecting_ms, tls_handshaking_ms }),
      );
    }
    this.#open.add(connection);
    connection.exchange(request, this.#now(), deadline_ms, (failure) => {
      this.#settle(connection, request);
      if (era === this.#era) onEnd(toExchange(connection, failure, blocked_ms, dialed));
    });
  }

  #settle(connection: TimedConnection, { endpoint }: ExchangeRequest): void {
    if (connection.is_open) this.#keep(connection, endpoint.origin);
    if (!connection.is_open) this.#open.delete(connection);
  }

  #keep(connection: TimedConnection, origin: string): void {
    let idle = this.#idle.get(origin);
    if (idle === undefined) this.#idle.set(origin, idle = []);
    if (this.#settings.no_reuse || idle.length === IDLE_CONNECTIONS_MAX) connection.close();
    else idle.push(connection);
  }

  /** Breaks off exchanges whose time is over; to be called now and then. */
  expire(now_ms: number): void {
    for (const connection of this.#open) connection.expire(now_ms);
  }

  /** Breaks off everything under way; those exchanges never settle, so the script stops there. */
  interrupt(): void {
    this.#era++;
    for (const connection of this.#open) {
      if (connection.is_busy) connection.close();
    }
  }

  closeIdle(): void {
    for (const idle of this.#idle.values()) {
      for (const connection of idle) {
        connection.close();
        this.#open.delete(connection);
      }
    }
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
    has_more_to_read: connection.parser.has_more_to_read,
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
