import type { RampingVusScenario } from "../options/scenario.ts";
import type { RunningScenario } from "./running_scenario.ts";
import type { VuHandle } from "./world.ts";

/**
 * `ramping-vus`: the number of VUs follows the stages. A VU that is ramped down may finish its
 * iteration within gracefulRampDown, and goes on if it is ramped up again in that time.
 */
export async function runRampingVus(running: RunningScenario<RampingVusScenario>): Promise<void> {
  await new Ramp(running).run();
}

/** A place for one VU; the last seats are ramped down first. */
interface Seat {
  is_wanted: boolean;
  vu: VuHandle | null;
  cancelInterrupt: (() => void) | null;
}

class Ramp {
  readonly #steps: Iterator<RampStep>;
  readonly #seats: Seat[] = [];
  readonly #failed = Promise.withResolvers<never>();
  #wanted = 0;
  #occupied = 0;
  #onEmpty: (() => void) | null = null;

  constructor(private readonly running: RunningScenario<RampingVusScenario>) {
    this.#steps = planRamp(running.scenario);
  }

  async run(): Promise<void> {
    this.#takeStep(this.#steps.next());
    await Promise.race([this.running.over, this.#failed.promise]);
    if (this.#occupied === 0) return;
    const empty = new Promise<void>((resolve) => this.#onEmpty = resolve);
    await Promise.race([empty, this.#failed.promise]);
  }

  /** Takes all steps that are due and waits for the next. */
  #takeStep(step: IteratorResult<RampStep>): void {
    const { start_ms, world } = this.running;
    for (; !step.done; step = this.#steps.next()) {
      const at_ms = start_ms + step.value.at_ms;
      if (at_ms > world.now()) {
        const next = step;
        this.running.at(at_ms, () => this.#takeStep(next));
        return;
      }
      this.#moveTo(step.value.vus, at_ms);
    }
  }

  #moveTo(vus: number, at_ms: number): void {
    for (; this.#wanted < vus; this.#wanted++) this.#fill(this.#wanted);
    for (; this.#wanted > vus; this.#wanted--) this.#clear(this.#seats[this.#wanted - 1], at_ms);
  }

  #fill(index: number): void {
    const seat = this.#seats[index] ??= { is_wanted: false, vu: null, cancelInterrupt: null };
    seat.is_wanted = true;
    seat.cancelInterrupt?.();
    seat.cancelInterrupt = null;
    if (seat.vu === null && this.running.mayStart()) {
      this.#occupy(seat).catch(this.#failed.reject);
    }
  }

  #clear(seat: Seat, at_ms: number): void {
    seat.is_wanted = false;
    const { graceful_ramp_down_ms } = this.running.scenario;
    seat.cancelInterrupt = this.running.at(at_ms + graceful_ramp_down_ms, () => {
      if (seat.vu !== null) this.running.interrupt(seat.vu);
    });
  }

  async #occupy(seat: Seat): Promise<void> {
    seat.vu = this.running.takeVu();
    this.#occupied++;
    try {
      await this.running.loop(seat.vu, () => {
        // Cleared here, not after the loop: the seat may be filled again from now on.
        if (!seat.is_wanted) seat.vu = null;
        return seat.is_wanted;
      });
    } finally {
      seat.cancelInterrupt?.();
      if (--this.#occupied === 0) this.#onEmpty?.();
    }
  }
}

/** A change of the number of VUs. */
interface RampStep {
  /** After the start of the scenario. */
  at_ms: number;
  vus: number;
}

/**
 * Plans one VU more or less at a time, evenly spaced: a stage from a to b VUs in D reaches a ± i at
 * D·i / |b − a|, and b exactly at its end. A stage of 0 s jumps.
 */
function* planRamp({ start_vus, stages }: RampingVusScenario): Generator<RampStep> {
  let vus = start_vus, stage_start_ms = 0;
  yield { at_ms: 0, vus };
  for (const { duration_ms, target } of stages) {
    const steps = Math.abs(target - vus), from = vus, sign = Math.sign(target - vus);
    if (duration_ms === 0 && steps > 0) yield { at_ms: stage_start_ms, vus: target };
    else {
      for (let i = 1; i <= steps; i++) {
        yield { at_ms: stage_start_ms + duration_ms * i / steps, vus: from + sign * i };
      }
    }
    vus = target;
    stage_start_ms += duration_ms;
  }
}
