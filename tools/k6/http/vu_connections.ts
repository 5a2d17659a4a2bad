/** The connections of one VU, kept between its requests. */
import { dial, type DialOptions } from "./dialer.ts";
import { type Exchange, type ExchangeRequest, failedExchange } from "./exchange.ts";
import type { TimedConnection } from "./timed_connection.ts";

/** Idle connections one VU keeps for one server. */
const IDLE_CONNECTIONS_MAX = 6;
/** Interval at which requests are checked against their timeout, in milliseconds. */
export const SWEEP_MS = 50;

export interface ConnectionSettings extends DialOptions {
  /** Each request opens a new connection. */
  readonly no_reuse: boolean;
  /** Option `rps`: null, or the promise to await before sending a request. */
  readonly admit: () => Promise<void> | null;
}

/** Does not throw for network errors. */
export class VuConnections {
  /** By origin. */
  readonly #idle = new Map<string, TimedConnection[]>();
  readonly #open = new Set<TimedConnection>();
  /** Counts interrupts: an exchange of an earlier count never settles. */
  #era = 0;

  constructor(private readonly settings: ConnectionSettings, private readonly now: () => number) {}

  /** `onEnd` is called with the response, or never if an interrupt comes first. */
  exchange(request: ExchangeRequest, onEnd: (exchange: Exchange) => void): void {
    const admission = this.settings.admit();
    if (admission === null) return this.#exchangeNow(request, onEnd);
    const era = this.#era;
    void admission.then(() => {
      if (era === this.#era) this.#exchangeNow(request, onEnd);
    });
  }

  #exchangeNow(request: ExchangeRequest, onEnd: (exchange: Exchange) => void): void {
    const started_ms = this.now();
    const deadline_ms = started_ms + request.timeout_ms;
    const idle = this.#idle.get(request.endpoint.origin)?.pop();
    if (idle === undefined) return void this.#exchangeAnew(request, deadline_ms, onEnd);
    const era = this.#era;
    idle.exchange(request, started_ms, deadline_ms, (failure) => {
      this.#settle(idle, request);
      if (era !== this.#era) return;
      const is_stale = failure !== null && request.is_repeatable && idle.is_stale;
      if (is_stale) void this.#exchangeAnew(request, deadline_ms, onEnd);
      else onEnd(toExchange(idle, failure, CONNECTED));
    });
  }

  async #exchangeAnew(
    request: ExchangeRequest,
    deadline_ms: number,
    onEnd: (exchange: Exchange) => void,
  ): Promise<void> {
    const { endpoint, timeout_ms } = request;
    const era = this.#era;
    const dialed = await dial(endpoint, this.settings, this.now, timeout_ms);
    const { connection, connecting_ms, tls_handshaking_ms } = dialed;
    if (era !== this.#era) return connection?.close();
    const blocked_ms = connecting_ms + tls_handshaking_ms;
    const times = { blocked_ms, connecting_ms, tls_handshaking_ms };
    if (connection === null) return onEnd(failedExchange(dialed.failure!, times));
    this.#open.add(connection);
    connection.exchange(request, this.now(), deadline_ms, (failure) => {
      this.#settle(connection, request);
      if (era === this.#era) onEnd(toExchange(connection, failure, times));
    });
  }

  #settle(connection: TimedConnection, { endpoint }: ExchangeRequest): void {
    if (connection.is_open) this.#keep(connection, endpoint.origin);
    if (!connection.is_open) this.#open.delete(connection);
  }

  #keep(connection: TimedConnection, origin: string): void {
    let idle = this.#idle.get(origin);
    if (idle === undefined) this.#idle.set(origin, idle = []);
    if (this.settings.no_reuse || idle.length === IDLE_CONNECTIONS_MAX) connection.close();
    else idle.push(connection);
  }

  /** Ends exchanges whose deadline has passed; called every {@link SWEEP_MS}. */
  expire(now_ms: number): void {
    for (const connection of this.#open) connection.expire(now_ms);
  }

  /** Ends all exchanges; they never settle, so the script stops there. */
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

/** Times of an exchange on a kept connection. */
const CONNECTED = { blocked_ms: 0, connecting_ms: 0, tls_handshaking_ms: 0 };

function toExchange(
  connection: TimedConnection,
  failure: Exchange["failure"],
  times: typeof CONNECTED,
): Exchange {
  const { response, parser } = connection;
  return {
    failure,
    status: failure === null ? parser.status : 0,
    has_more_to_read: parser.has_more_to_read,
    bytes: response.bytes,
    head_start: response.head_start,
    head_end: response.head_end,
    body_end: response.body_end,
    blocked_ms: times.blocked_ms,
    connecting_ms: times.connecting_ms,
    tls_handshaking_ms: times.tls_handshaking_ms,
    sending_ms: connection.sending_ms,
    waiting_ms: connection.waiting_ms,
    receiving_ms: connection.receiving_ms,
    bytes_sent: connection.bytes_sent,
    bytes_received: connection.bytes_received,
    remote_ip: connection.remote_ip,
    remote_port: connection.remote_port,
  };
}
