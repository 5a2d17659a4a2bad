/**
 * A client that reconnects by itself. Redis limits what it sends to a subscribed client
 * (`client-output-buffer-limit pubsub`, 32 MB): read long values with a client of their own.
 *
 *     dial ──> HELLO 3, SELECT, SUBSCRIBE ──> connected ──> the connection ends
 *      ^───────────────── delay with jitter ──────────────────────┘
 */
import { type Argument, Connection, ConnectionError, type Later, type Wire } from "./connection.ts";
import { redactText } from "../../platform/mod.ts";
import type { RedisAddress } from "./redis_url.ts";
import { type Reply, ReplyError } from "./reply_reader.ts";

/** First delay before a new connection; it doubles with each failure. */
const RECONNECT_MS = 100;

/** Longest time to connect to Redis, TLS included. */
const CONNECT_MS_MAX = 2000;

const REPLY_TIMEOUT_MS = 2000;

export type Dial = (address: RedisAddress, signal: AbortSignal) => Promise<Wire>;

export interface RedisClientOptions {
  readonly address: RedisAddress;
  readonly dial: Dial;
  readonly later: Later;
  /** In [0, 1). */
  random(): number;
  /** Most bytes of one reply. */
  readonly reply_bytes_max: number;
  /** Longest delay before a new connection. */
  readonly reconnect_ms_max: number;
  readonly channels: readonly string[];
  /** Connected, subscribed to all channels: messages before that were missed. */
  onConnected(): void;
  onMessage(channel: string, payload: string): void;
}

const decoder = new TextDecoder();

export class RedisClient {
  #connection: Connection | null = null;
  /** Connections in a row that failed, or ended before a command succeeded. */
  #failures = 0;
  /** Why there is no connection; empty before the first failure and while there is one. */
  lost = "";
  #stopped = false;
  #cancel_delay: (() => void) | null = null;
  /** Settles with the attempt to connect that is in progress or comes next. */
  #attempt = newAttempt();

  constructor(readonly options: RedisClientOptions) {}

  get connected(): boolean {
    return this.#connection !== null;
  }

  /** Resolves once connected; rejects with the attempt to connect that fails next. */
  untilConnected(): Promise<void> {
    return this.connected ? Promise.resolve() : this.#attempt.promise;
  }

  /** Connects, and again whenever the connection ends, until {@link stop}. */
  start(): void {
    this.#connect();
  }

  /** Connects now if it waits to: the server is known to be there. */
  hurry(): void {
    if (this.#cancel_delay === null) return;
    this.#cancel_delay();
    this.#cancel_delay = null;
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel_delay?.();
    this.#connection?.close();
  }

  /**
   * Sends a command, such as `send("GET", "key")`.
   *
   * @throws {ReplyError} the server's own error; {@link ConnectionError}, at once if there is no
   * connection.
   */
  async send(...command: readonly Argument[]): Promise<Exclude<Reply, ReplyError>> {
    const connection = this.#connection;
    if (connection === null) {
      throw new ConnectionError(`not connected${this.lost === "" ? "" : `: ${this.lost}`}`);
    }
    try {
      const reply = await connection.send(...command);
      this.#failures = 0;
      return reply;
    } catch (error) {
      // After a failover, the address leads to another server.
      if (error instanceof ReplyError && error.code === "READONLY") {
        connection.close("the server is read-only");
      }
      throw error;
    }
  }

  async #connect(): Promise<void> {
    try {
      const connection = await this.#open();
      if (this.#stopped) return connection.close();
      this.#connection = connection;
      this.lost = "";
      this.#attempt.resolve();
      this.#attempt = newAttempt();
      this.options.onConnected();
      this.lost = (await connection.ended).message;
      this.#connection = null;
    } catch (error) {
      this.lost = this.#reasonOf(error as Error);
    }
    if (this.#stopped) return;
    const ceiling_ms = Math.min(
      this.options.reconnect_ms_max,
      RECONNECT_MS * 2 ** Math.min(this.#failures++, 16),
    );
    const delay_ms = ceiling_ms * (0.5 + this.options.random() / 2);
    this.#cancel_delay = this.options.later(delay_ms, () => {
      this.#cancel_delay = null;
      this.#connect();
    });
    this.#attempt.reject(new ConnectionError(this.lost));
    this.#attempt = newAttempt();
  }

  /** The password is hidden: Redis 5 quotes the arguments of HELLO, which it does not know. */
  #reasonOf({ message }: Error): string {
    if (/^ERR unknown command/i.test(message)) {
      return "the server does not know HELLO: it must be Redis 6 or newer, or Valkey";
    }
    const { password } = this.options.address;
    return redactText(message, password === "" ? [] : [password]);
  }

  async #open(): Promise<Connection> {
    const { address, later, channels } = this.options;
    const connection = new Connection(await this.#dial(), {
      reply_bytes_max: this.options.reply_bytes_max,
      reply_timeout_ms: REPLY_TIMEOUT_MS,
      later,
      onPush: (items) => this.#takePush(items),
    });
    try {
      const { username, password, database } = address;
      const auth = password === "" ? [] : ["AUTH", username, password];
      await connection.send("HELLO", "3", ...auth, "SETNAME", "metrics_server");
      if (database !== 0) await connection.send("SELECT", String(database));
      if (channels.length > 0) {
        // SUBSCRIBE is answered by pushes, or by an error, which PING then receives.
        connection.sendUnanswered("SUBSCRIBE", ...channels);
        await connection.send("PING");
      }
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  async #dial(): Promise<Wire> {
    const controller = new AbortController();
    const cancel = this.options.later(CONNECT_MS_MAX, () => {
      controller.abort(new ConnectionError(`no connection within ${CONNECT_MS_MAX} ms`));
    });
    try {
      return await this.options.dial(this.options.address, controller.signal);
    } finally {
      cancel();
    }
  }

  #takePush([kind, channel, payload]: readonly Reply[]): void {
    if (textOf(kind) === "message") this.options.onMessage(textOf(channel), textOf(payload));
  }
}

function newAttempt(): PromiseWithResolvers<void> {
  const attempt = Promise.withResolvers<void>();
  // It may fail while it is not waited for.
  attempt.promise.catch(() => {});
  return attempt;
}

function textOf(reply: Reply): string {
  return reply instanceof Uint8Array ? decoder.decode(reply) : String(reply);
}

/** Opens a TCP or TLS connection; `DENO_CERT` names a file of further certificate authorities. */
export async function dialRedis(
  { tls, hostname, port }: RedisAddress,
  signal: AbortSignal,
): Promise<Wire> {
  const tcp = await Deno.connect({ hostname, port, signal });
  tcp.setNoDelay();
  if (!tls) return tcp;
  const secure = await Deno.startTls(tcp, { hostname });
  const close = () => secure.close();
  signal.addEventListener("abort", close, { once: true });
  try {
    await secure.handshake();
  } catch (error) {
    signal.removeEventListener("abort", close);
    if (!signal.aborted) secure.close();
    throw signal.aborted ? signal.reason : error;
  }
  signal.removeEventListener("abort", close);
  return secure;
}
