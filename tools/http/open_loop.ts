/** Open loop: requests start at a constant rate, regardless of outstanding responses. */
import { ArrivalQueue, intendedStart } from "./arrivals.ts";
import type { HttpConnection } from "./connection.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { ARRIVAL_TICK_MS, QUEUED_ARRIVALS_MAX } from "./limits.ts";
import {
  assertLoadPlan,
  type LoadEnvironment,
  type LoadPlan,
  type LoadResult,
  Tally,
} from "./load.ts";

export interface OpenLoopPlan extends LoadPlan {
  rate_per_s: number;
  /** Arrivals that wait for a connection. Default and maximum: {@link QUEUED_ARRIVALS_MAX}. */
  queued_max?: number;
}

interface OpenLoopEnvironment extends LoadEnvironment {
  /** Resolves at the next tick; its period bounds the lag. Default: a timer of about 2 ms. */
  tick?: () => Promise<unknown>;
}

/**
 * Starts requests evenly spaced. A latency runs from the *intended* start, so a stalled server is
 * charged for every request due during the stall (no coordinated omission).
 *
 *     due? ──► idle connection ──► exchange ──► latency from the intended start
 *        └───► queue (bounded) ──► dropped and counted when full
 *
 * `lag` is the delay until the request left: the timer's and the queue's share of the latency.
 */
export async function runOpenLoop(
  plan: OpenLoopPlan,
  env: OpenLoopEnvironment,
): Promise<LoadResult> {
  assertLoadPlan(plan);
  const tally = new Tally(plan.slow_ms);
  const pool = new ConnectionPool(plan, env, tally);
  try {
    await pool.openAll();
    await new OpenLoop(plan, env, tally, pool).run();
    return tally.result(plan.duration_ms, "open");
  } finally {
    pool.close();
  }
}

class OpenLoop {
  readonly #now: () => number;
  readonly #tick: () => Promise<unknown>;
  readonly #check: (status: number, target: number) => boolean;
  readonly #waiting: ArrivalQueue;
  readonly #idle: HttpConnection[];
  readonly #start_ms: number;
  readonly #window_start_ms: number;
  readonly #end_ms: number;
  readonly #arrivals: number;
  #next_arrival = 0;
  #next_target = 0;
  #active = 0;
  #onAllIdle: (() => void) | null = null;

  constructor(
    private readonly plan: OpenLoopPlan,
    env: OpenLoopEnvironment,
    private readonly tally: Tally,
    private readonly pool: ConnectionPool,
  ) {
    const timerTick = () => new Promise((resolve) => setTimeout(resolve, ARRIVAL_TICK_MS));
    const { now, tick = timerTick } = env;
    this.#now = now;
    this.#tick = tick;
    this.#check = plan.check ?? ((status) => status === 200);
    this.#waiting = new ArrivalQueue(
      Math.min(plan.queued_max ?? QUEUED_ARRIVALS_MAX, QUEUED_ARRIVALS_MAX),
    );
    this.#idle = [...pool.connections];
    this.#start_ms = now();
    this.#window_start_ms = this.#start_ms + plan.warmup_ms;
    this.#end_ms = this.#window_start_ms + plan.duration_ms;
    this.#arrivals = Math.floor((plan.warmup_ms + plan.duration_ms) * plan.rate_per_s / 1000);
  }

  async run(): Promise<void> {
    while (this.#next_arrival < this.#arrivals) {
      this.#startDue();
      await this.#tick();
    }
    if (this.#active > 0) await new Promise<void>((resolve) => this.#onAllIdle = resolve);
  }

  /** Starts, queues or drops every due arrival. */
  #startDue(): void {
    const now_ms = this.#now();
    while (this.#next_arrival < this.#arrivals) {
      const offset_ms = intendedStart(this.#next_arrival, this.plan.rate_per_s);
      const intended_ms = this.#start_ms + offset_ms;
      if (intended_ms > now_ms) return;
      this.#next_arrival++;
      const connection = this.#idle.pop();
      if (connection !== undefined) void this.#serve(connection, intended_ms);
      else if (!this.#waiting.push(intended_ms)) this.tally.dropped++;
    }
  }

  /** Sends one arrival, then the queued ones, then idles. */
  async #serve(connection: HttpConnection, first_ms: number): Promise<void> {
    this.#active++;
    for (let intended_ms = first_ms; !Number.isNaN(intended_ms);) {
      await this.#send(connection, intended_ms);
      this.#startDue(); // responses arrive more often than ticks
      intended_ms = this.#waiting.shift();
    }
    this.#idle.push(connection);
    if (--this.#active === 0) this.#onAllIdle?.();
  }

  async #send(connection: HttpConnection, intended_ms: number): Promise<void> {
    // An arrival without a connection waits for a reconnect, like a client that retries.
    while (!connection.is_open) {
      if (this.#now() >= this.#end_ms) {
        this.tally.dropped++;
        return;
      }
      await this.pool.reopen(connection, this.#end_ms);
    }
    const { targets } = this.plan;
    const target = this.#next_target;
    this.#next_target = target + 1 === targets.length ? 0 : target + 1;
    const in_window = intended_ms >= this.#window_start_ms;
    if (in_window) this.tally.lag.record(this.#now() - intended_ms);
    const error = await connection.exchange(targets[target]);
    if (error !== null) {
      this.tally.error(error);
    } else if (in_window) {
      const { status, body_bytes } = connection.parser;
      const latency_ms = this.#now() - intended_ms;
      this.tally.response(status, latency_ms, body_bytes, this.#check(status, target));
    }
  }
}
