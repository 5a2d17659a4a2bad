import type { ArrivalRateScenario, RampingArrivalRateScenario } from "../options/scenario.ts";
import type { RunningScenario } from "./running_scenario.ts";
import type { VuHandle } from "./world.ts";

/**
 * `constant-arrival-rate` and `ramping-arrival-rate`: iterations start on schedule, whether or not
 * earlier ones have ended. An iteration is dropped if all maxVUs are busy.
 *
 * All preAllocatedVUs wait from the start, and the one that has waited longest gets the next
 * iteration, as in k6, so that all of their connections are used.
 */
export async function runArrivalRate(running: RunningScenario<ArrivalRateScenario>): Promise<void> {
  await new Arrivals(running).run();
}

class Arrivals {
  /** Due time of an arrival, after the start; Infinity after the last arrival. */
  readonly #schedule: (index: number) => number;
  readonly #idle: VuHandle[] = [];
  /** Index in {@link #idle} of the VU that has waited longest. */
  #idle_from = 0;
  readonly #failed = Promise.withResolvers<never>();
  #vus_held = 0;
  #next = 0;
  #next_ms: number;

  constructor(private readonly running: RunningScenario<ArrivalRateScenario>) {
    this.#schedule = scheduleArrivals(running.scenario);
    this.#next_ms = running.start_ms + this.#schedule(0);
  }

  async run(): Promise<void> {
    this.#preAllocate();
    this.#awaitNext();
    await Promise.race([this.running.over, this.#failed.promise]);
    await Promise.race([this.running.quiet(), this.#failed.promise]);
    for (const vu of this.#idle.slice(this.#idle_from)) this.running.giveBackVu(vu);
  }

  /** Takes the VUs that are free; those of an ending scenario follow when they are needed. */
  #preAllocate(): void {
    while (this.#vus_held < this.running.scenario.pre_allocated_vus) {
      const vu = this.running.takeFreeVu();
      if (vu === null) return;
      this.#vus_held++;
      this.#idle.push(vu);
    }
  }

  #awaitNext(): void {
    try {
      this.#startDue();
    } catch (error) {
      return this.#failed.reject(error);
    }
    if (this.#next_ms < this.running.end_ms) {
      this.running.at(this.#next_ms, () => this.#awaitNext());
    }
  }

  /**
   * Starts or drops every arrival that is due. If the event loop was blocked past the end, the
   * missed arrivals are dropped.
   */
  #startDue(): void {
    if (this.running.is_aborted) return;
    const { world, start_ms } = this.running;
    const now_ms = world.now();
    let dropped = 0;
    for (; this.#next_ms <= now_ms; this.#next_ms = start_ms + this.#schedule(++this.#next)) {
      const vu = this.running.mayStart() ? this.#freeVu() : null;
      if (vu === null) dropped++;
      else this.#serve(vu).catch(this.#failed.reject);
    }
    this.running.drop(dropped);
  }

  #freeVu(): VuHandle | null {
    if (this.#idle_from < this.#idle.length) return this.#longestIdle();
    if (this.#vus_held === this.running.scenario.max_vus) return null;
    this.#vus_held++;
    return this.running.takeVu();
  }

  #longestIdle(): VuHandle {
    const vu = this.#idle[this.#idle_from++];
    // Removes the served part now and then: shift() would move the whole array each time.
    if (this.#idle_from > this.#vus_held) {
      this.#idle.splice(0, this.#idle_from);
      this.#idle_from = 0;
    }
    return vu;
  }

  async #serve(vu: VuHandle): Promise<void> {
    await this.running.iterate(vu);
    this.#idle.push(vu);
    // The end of an iteration may come between two timer ticks.
    if (this.#next_ms <= this.running.world.now()) this.#startDue();
  }
}

/** A stage of a ramping rate, which changes linearly; rates in arrivals per millisecond. */
interface RampStage {
  start_ms: number;
  duration_ms: number;
  rate_from: number;
  rate_to: number;
  /** Arrivals before and after the stage; fractional. */
  count_from: number;
  count_to: number;
}

/**
 * Schedules arrivals. Arrival i (from 0) is due when the integral of the rate reaches i: at a
 * constant rate every `time unit / rate`; while the rate changes linearly from r₀ to r₁ over D, at
 * the t with r₀·t + (r₁ − r₀)·t² / 2D = i.
 */
function scheduleArrivals(scenario: ArrivalRateScenario): (index: number) => number {
  if (scenario.executor === "ramping-arrival-rate") return scheduleRamp(scenario);
  const { rate, time_unit_ms, duration_ms } = scenario;
  return (index) => {
    const at_ms = index * time_unit_ms / rate;
    return at_ms < duration_ms ? at_ms : Infinity;
  };
}

function scheduleRamp({ start_rate, stages, time_unit_ms }: RampingArrivalRateScenario) {
  const ramp: RampStage[] = [];
  let start_ms = 0, count_from = 0, rate_from = start_rate / time_unit_ms;
  for (const { duration_ms, target } of stages) {
    const rate_to = target / time_unit_ms;
    const count_to = count_from + (rate_from + rate_to) / 2 * duration_ms;
    ramp.push({ start_ms, duration_ms, rate_from, rate_to, count_from, count_to });
    start_ms += duration_ms;
    count_from = count_to;
    rate_from = rate_to;
  }
  // Arrivals come in order, so the search continues from the last stage.
  let current = 0;
  return (index: number) => {
    while (current < ramp.length && ramp[current].count_to <= index) current++;
    const stage = ramp[current];
    return stage === undefined ? Infinity : stage.start_ms + timeOf(index, stage);
  };
}

/** Solves the quadratic in the form without cancellation, also for a nearly constant rate. */
function timeOf(index: number, { duration_ms, rate_from, rate_to, count_from }: RampStage): number {
  const arrivals = index - count_from;
  if (arrivals <= 0) return 0;
  const slope = (rate_to - rate_from) / duration_ms;
  const root = Math.sqrt(Math.max(0, rate_from * rate_from + 2 * slope * arrivals));
  return Math.min(duration_ms, 2 * arrivals / (rate_from + root));
}
