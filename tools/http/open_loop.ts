/** Open loop: requests start at a constant rate, whether or not earlier ones have been answered. */
import { ArrivalQueue, intendedStart } from "./arrivals.ts";
import type { HttpConnection } from "./connection.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { ARRIVAL_TICK_MS, QUEUED_ARRIVALS_MAX } from "./limits.ts";
import { assertLoadPlan, type LoadEnvironment, type LoadPlan } from "./load_plan.ts";
import { type LoadResult, Tally } from "./tally.ts";

/** A {@link LoadPlan} with the rate at which requests start. */
export interface OpenLoopPlan extends LoadPlan {
  rate_per_s: number;
  /** Arrivals that may wait for a connection; default and maximum {@link QUEUED_ARRIVALS_MAX}. */
  queued_max?: number;
}

/** A {@link LoadEnvironment} that may bring a finer clock tick than a timer's. */
export interface OpenLoopEnvironment extends LoadEnvironment {
  /** Resolves soon: how often it does bounds how late requests leave. Default: a timer, 2 ms. */
  tick?: () => Promise<unknown>;
}

/**
 * Starts requests evenly spaced. A latency counts from the *intended* start, so a server that
 * stalls is charged for every request that should have been sent meanwhile (no coordinated
 * omission). Arrivals that find all connections busy wait in a bounded queue; beyond it they are
 * dropped and counted. `lag` says how late requests left: the timer's part of the latency, and
 * the queue's.
 */
export async function runOpenLoop(
  plan: OpenLoopPlan,
  env: OpenLoopEnvironment,
): Promise<LoadResult> {
  assertLoadPlan(plan);
  const tally = new Tally();
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
  readonly #plan: OpenLoopPlan;
  readonly #now: () => number;
  readonly #tick: () => Promise<unknown>;
  readonly #tally: Tally;
  readonly #pool: ConnectionPool;
  readonly #check: (status: number, target: number) => boolean;
  readonly #waiting: ArrivalQueue;
  readonly #idle: HttpConnection[];
  readonly #start_ms: number;
  readonly #window_start_ms: number;
  readonly #end_ms: number;
  readonly #arrivals: number;
  /** Index of the next arrival. */
  #next = 0;
  #next_target = 0;
  #active = 0;
  #onQuiet: (() => void) | null = null;

  constructor(plan: OpenLoopPlan, env: OpenLoopEnvironment, tally: Tally, pool: ConnectionPool) {
    const { now, tick = timerTick } = env;
    this.#plan = plan;
    this.#now = now;
    this.#tick = tick;
    this.#tally = tally;
    this.#pool = pool;
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
    while (this.#next < this.#arrivals) {
      this.#startDue();
      await this.#tick();
    }
    if (this.#active > 0) {
      await new Promise<void>((resolve) => this.#onQuiet = resolve);
    }
  }

  /** Starts or queues every arrival whose time has come. */
  #startDue(): void {
    const now_ms = this.#now();
    while (this.#next < this.#arrivals) {
      const intended_ms = this.#start_ms + intendedStart(this.#next, this.#plan.rate_per_s);
      if (intended_ms > now_ms) return;
      this.#next++;
      const connection = this.#idle.pop();
      if (connection !== undefined) void this.#serve(connection, intended_ms);
      else if (!this.#waiting.push(intended_ms)) this.#tally.dropped++;
    }
  }

  /** Sends one arrival, then those that wait, then is idle again. */
  async #serve(connection: HttpConnection, first_ms: number): Promise<void> {
    this.#active++;
    for (let intended_ms = first_ms; !Number.isNaN(intended_ms);) {
      await this.#send(connection, intended_ms);
      this.#startDue(); // an answer is a finer clock than the timer
      intended_ms = this.#waiting.shift();
    }
    this.#idle.push(connection);
    if (--this.#active === 0) this.#onQuiet?.();
  }

  async #send(connection: HttpConnection, intended_ms: number): Promise<void> {
    // An arrival whose connection is gone waits for the next one, like a caller who retries.
    while (!connection.is_open) {
      if (this.#now() >= this.#end_ms) {
        this.#tally.dropped++;
        return;
      }
      await this.#pool.reopen(connection, this.#end_ms);
    }
    const { targets } = this.#plan;
    const target = this.#next_target;
    this.#next_target = target + 1 === targets.length ? 0 : target + 1;
    const in_window = intended_ms >= this.#window_start_ms;
    if (in_window) this.#tally.lag.record(this.#now() - intended_ms);
    const error = await connection.exchange(targets[target]);
    if (error !== null) {
      this.#tally.error(error);
    } else if (in_window) {
      const { status, body_bytes } = connection.parser;
      const latency_ms = this.#now() - intended_ms;
      this.#tally.response(status, latency_ms, body_bytes, this.#check(status, target));
    }
  }
}

function timerTick(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ARRIVAL_TICK_MS));
}
