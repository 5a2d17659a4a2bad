/**
 * The network between replicas and Redis, under the current faults: connections in virtual time.
 *
 *     RedisClient <──bytes──> Hop: delay, hang, reset <──bytes──> RedisSession <──> SimulatedRedis
 */
import type { Dial } from "../../redis/mod.ts";
import { RedisSession } from "../../replicas/testing/redis_session.ts";
import type { SimulatedRedis } from "../../replicas/testing/simulated_redis.ts";
import type { Random } from "../random.ts";
import type { Active } from "./active.ts";
import { HopFaults } from "./hop_faults.ts";
import type { Scope } from "./scope.ts";

type Bytes = Uint8Array<ArrayBuffer>;
type Wire = Awaited<ReturnType<Dial>>;

const TRIP_MS_MIN = 0.2, TRIP_MS_MAX = 2;

/** Length from which a message holds an entry. */
const ENTRY_BYTES_MIN = 400;

const HANG_LOOK_MS = 5;

interface HopOptions {
  readonly active: Active;
  readonly redis: SimulatedRedis;
  readonly random: Random;
  readonly poll_ms: number;
}

/** The network of the store, for all processes of a run. */
export class StoreHop {
  readonly open = new Set<Connection>();
  #connections = 0;

  readonly faults: HopFaults;

  constructor(readonly options: HopOptions) {
    this.faults = new HopFaults({ ...options, hop: "store", time: options.redis.time });
  }

  dialOf(scope: Scope, subject: number): Dial {
    return (_address, signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason), { once: true });
        const name = `${scope.name}/${++this.#connections}`;
        scope.world(this.tripMs() * 2, () => {
          if (signal.aborted) return;
          if (this.isRefused(subject)) {
            return scope.run(() => reject(new Error("connection refused")));
          }
          const connection = new Connection(this, scope, subject, name);
          this.open.add(connection);
          scope.run(() => resolve(connection));
        });
      });
  }

  isRefused(subject: number): boolean {
    return this.options.redis.down || this.faults.refusal(subject) !== null;
  }

  tripMs(): number {
    return TRIP_MS_MIN + this.options.random.next() * (TRIP_MS_MAX - TRIP_MS_MIN);
  }

  /** Ends all connections, or the chosen ones. */
  breakAll(isMeant: (connection: Connection) => boolean = () => true): void {
    for (const connection of [...this.open]) if (isMeant(connection)) connection.end();
  }
}

export class Connection implements Wire {
  readonly #session: RedisSession;
  #received: Bytes[] = [];
  #wake = () => {};
  #ended = false;
  #free_ms: [up: number, down: number] = [0, 0];
  #sent_bytes = 0;

  constructor(
    readonly hop: StoreHop,
    readonly scope: Scope,
    readonly subject: number,
    name: string,
  ) {
    this.#session = new RedisSession(hop.options.redis, name, (bytes) => this.#reply(bytes));
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#received.length === 0 && !this.#ended) {
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    const next = this.#received.shift();
    if (next === undefined) return null;
    const length = Math.min(into.length, next.length);
    into.set(next.subarray(0, length));
    if (length < next.length) this.#received.unshift(next.subarray(length));
    return length;
  }

  write(bytes: Uint8Array): Promise<number> {
    if (this.#ended) return Promise.reject(new Error("broken pipe"));
    const sent = bytes.slice() as Bytes;
    this.#carry(0, sent.length, () => this.#session.receive(sent));
    return Promise.resolve(bytes.length);
  }

  close(): void {
    this.end();
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.hop.open.delete(this);
    this.#session.close();
    this.scope.run(() => this.#wake());
  }

  #reply(bytes: Bytes): void {
    // The command is executed, but its reply is lost, and the connection with it: a stream has no
    // gaps, and a client would take the next reply for the lost one.
    if (this.hop.options.active.has("store.lost_replies")) return this.end();
    this.#carry(1, bytes.length, () =>
      this.scope.run(() => {
        this.#received.push(bytes);
        this.#wake();
      }));
  }

  /** Carries bytes one way, in their order. */
  #carry(way: 0 | 1, length: number, arrive: () => void): void {
    const { active, redis: { time } } = this.hop.options;
    const delay_ms = way === 0 ? 0 : this.#responseMs(length);
    const entry_ms = way === 1 || length < ENTRY_BYTES_MIN
      ? 0
      : Number(active.of("store.slow_uploads")?.delay_ms ?? 0);
    const at_ms = Math.max(
      this.#free_ms[way],
      time.now_ms + this.hop.tripMs() + delay_ms + entry_ms,
    );
    this.#free_ms[way] = at_ms;
    this.scope.world(at_ms - time.now_ms, () => this.#whenPassing(way, arrive));
  }

  /** What faults of connections add to a response; one too many ends the connection. */
  #responseMs(length: number): number {
    const { hop: { faults }, subject } = this;
    const { bytes, pause_ms } = faults.slices(subject);
    this.#sent_bytes += length;
    if (this.#sent_bytes > faults.limitBytes(subject)) this.end();
    return Math.max(0, faults.latencyMs(subject)) + length / faults.rate(subject) +
      Math.floor(length / bytes) * pause_ms;
  }

  #whenPassing(way: 0 | 1, arrive: () => void): void {
    const { active } = this.hop.options;
    if (this.#ended) return;
    const hangs = active.has("process.freeze store") ||
      way === 1 && this.hop.faults.hangs(this.subject);
    if (!hangs) return arrive();
    this.scope.world(HANG_LOOK_MS, () => this.#whenPassing(way, arrive));
  }
}
