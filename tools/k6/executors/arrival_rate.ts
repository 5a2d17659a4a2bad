import type {
  ConstantArrivalRateScenario,
  RampingArrivalRateScenario,
} from "../options/scenario.ts";
import { type ArrivalSchedule, scheduleArrivals } from "./arrival_schedule.ts";
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
