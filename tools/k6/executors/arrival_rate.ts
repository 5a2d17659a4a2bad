import type {
  ConstantArrivalRateScenario,
  RampingArrivalRateScenario,
} from "../options/scenario.ts";
import type { RunningScenario } from "./running_scenario.ts";
import type { VuHandle } from "./world.ts";

type ArrivalRateScenario = ConstantArrivalRateScenario | RampingArrivalRateScenario;

/**
 * Iterations that start when they are due, whether or not earlier ones have ended. One that finds
 * no VU free, and all maxVUs taken, is dropped.
 */
export async function runArrivalRate(running: RunningScenario<ArrivalRateScenario>): Promise<void> {
  await new Arrivals(running).run();
}

class Arrivals {
  readonly #running: RunningScenario<ArrivalRateScenario>;
  readonly #schedule: ArrivalSchedule;
  readonly #idle: VuHandle[] = [];
  readonly #failed = Promise.withResolvers<never>();
  #vus_held = 0;
  #next = 0;
  #next_ms: number;

  constructor(running: RunningScenario<ArrivalRateScenario>) {
    this.#running = running;
    this.#schedule = scheduleArrivals(running.scenario);
    this.#next_ms = running.start_ms + this.#schedule.at(0);
  }

  async run(): Promise<void> {
    this.#awaitNext();
    await Promise.race([this.#running.over, this.#failed.promise]);
    await Promise.race([this.#running.quiet(), this.#failed.promise]);
    for (const vu of this.#idle) this.#running.giveBackVu(vu);
  }

  #awaitNext(): void {
    try {
      this.#startDue();
    } catch (error) {
      return this.#failed.reject(error);
    }
    if (this.#next_ms < this.#running.end_ms) {
      this.#running.at(this.#next_ms, () => this.#awaitNext());
    }
  }

  /**
   * Starts or drops every arrival whose time has come; all those are dropped that were due while
   * the event loop was held up past the end.
   */
  #startDue(): void {
    if (this.#running.is_aborted) return;
    const { world, start_ms } = this.#running;
    const now_ms = world.now();
    let dropped = 0;
    for (; this.#next_ms <= now_ms; this.#next_ms = start_ms + this.#schedule.at(++this.#next)) {
      const vu = this.#running.mayStart() ? this.#freeVu() : null;
      if (vu === null) dropped++;
      else this.#serve(vu).catch(this.#failed.reject);
    }
    this.#running.drop(dropped);
  }

  #freeVu(): VuHandle | null {
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#vus_held === this.#running.scenario.max_vus) return null;
    this.#vus_held++;
    return this.#running.takeVu();
  }

  async #serve(vu: VuHandle): Promise<void> {
    await this.#running.iterate(vu);
    this.#idle.push(vu);
    // The end of an iteration is a finer clock than a timer.
    if (this.#next_ms <= this.#running.world.now()) this.#startDue();
  }
}

/**
 * When iterations are due at a constant or a ramping rate. Arrival i (from 0) comes when the rate
 * adds up to i: at a constant rate exactly every `time unit / rate`, and while it moves linearly
 * from r₀ to r₁ over D where r₀·t + (r₁ − r₀)·t² / 2D = i.
 */

/** A stretch of time over which the rate moves linearly; rates in arrivals a millisecond. */
interface Stretch {
  start_ms: number;
  duration_ms: number;
  rate_from: number;
  rate_to: number;
  /** Arrivals before it, and with it; fractional. */
  count_from: number;
  count_to: number;
}

/** Tells arrivals in order. */
export interface ArrivalSchedule {
  /** Milliseconds after the start at which this arrival is due; Infinity after the last one. */
  at(index: number): number;
  /** The rate at that time, in arrivals a time unit. */
  rateAt(elapsed_ms: number): number;
}

/**
 * ```ts
 * scheduleArrivals({ executor: "constant-arrival-rate", rate: 50, time_unit_ms: 1000, … }).at(3); // 60
 * ```
 */
export function scheduleArrivals(
  scenario: ConstantArrivalRateScenario | RampingArrivalRateScenario,
): ArrivalSchedule {
  if (scenario.executor === "ramping-arrival-rate") return new RampingSchedule(scenario);
  const { rate, time_unit_ms, duration_ms } = scenario;
  return {
    at(index) {
      const at_ms = index * time_unit_ms / rate;
      return at_ms < duration_ms ? at_ms : Infinity;
    },
    rateAt: () => rate,
  };
}

class RampingSchedule implements ArrivalSchedule {
  readonly #stretches: Stretch[] = [];
  readonly #time_unit_ms: number;
  /** Arrivals are asked for in order, so the search goes on from here. */
  #current = 0;

  constructor({ start_rate, stages, time_unit_ms }: RampingArrivalRateScenario) {
    this.#time_unit_ms = time_unit_ms;
    let start_ms = 0, count_from = 0, rate_from = start_rate / time_unit_ms;
    for (const { duration_ms, target } of stages) {
      const rate_to = target / time_unit_ms;
      const count_to = count_from + (rate_from + rate_to) / 2 * duration_ms;
      this.#stretches.push({ start_ms, duration_ms, rate_from, rate_to, count_from, count_to });
      start_ms += duration_ms;
      count_from = count_to;
      rate_from = rate_to;
    }
  }

  at(index: number): number {
    const stretches = this.#stretches;
    if (index < (stretches[this.#current]?.count_from ?? 0)) this.#current = 0;
    while (this.#current < stretches.length && stretches[this.#current].count_to <= index) {
      this.#current++;
    }
    const stretch = stretches[this.#current];
    return stretch === undefined ? Infinity : stretch.start_ms + timeOf(index, stretch);
  }

  rateAt(elapsed_ms: number): number {
    for (const { start_ms, duration_ms, rate_from, rate_to } of this.#stretches) {
      if (elapsed_ms >= start_ms + duration_ms) continue;
      const share = (elapsed_ms - start_ms) / duration_ms;
      return (rate_from + (rate_to - rate_from) * share) * this.#time_unit_ms;
    }
    return (this.#stretches.at(-1)?.rate_to ?? 0) * this.#time_unit_ms;
  }
}

/** Solves the quadratic in the form that loses no digits, also where the rate hardly moves. */
function timeOf(index: number, { duration_ms, rate_from, rate_to, count_from }: Stretch): number {
  const arrivals = index - count_from;
  if (arrivals <= 0) return 0;
  const slope = (rate_to - rate_from) / duration_ms;
  const root = Math.sqrt(Math.max(0, rate_from * rate_from + 2 * slope * arrivals));
  return Math.min(duration_ms, 2 * arrivals / (rate_from + root));
}
