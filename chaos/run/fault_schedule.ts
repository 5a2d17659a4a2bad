/** Puts faults on and lifts them on time. Every fault that went on is lifted, whatever happens. */
import { pause, within } from "../../tools/verdict/mod.ts";
import type { Actuator } from "../actuators/actuator.ts";
import type { JournalEntry } from "../journal/mod.ts";
import type { TimedFault } from "../vocabulary/mod.ts";
import { messageOf } from "./messages.ts";

/** Deadline for putting a fault on, in milliseconds. */
const APPLY_MS_MAX = 8_000;
/** Deadline for lifting a fault, which may include the restart of a process, in milliseconds. */
const LIFT_MS_MAX = 25_000;
/** Deadline of an actuator's rollback, in milliseconds. */
const ROLLBACK_MS_MAX = 15_000;

interface FaultScheduleOptions {
  readonly faults: readonly TimedFault[];
  actuatorFor(fault: TimedFault): Actuator;
  add(entry: JournalEntry): void;
  /** Called before the last fault is lifted. */
  onLift(): void;
  /** Ends the schedule early; {@link FaultSchedule.liftAll} then lifts what is on. */
  readonly signal: AbortSignal;
}

/** Actions in order of time; at the same time, lifting comes first. */
export function actionsOf(faults: readonly TimedFault[]) {
  return faults.flatMap((timed) => [
    { at_ms: timed.at_ms, on: true, timed },
    { at_ms: timed.at_ms + timed.for_ms, on: false, timed },
  ]).toSorted((a, b) => a.at_ms - b.at_ms || Number(a.on) - Number(b.on));
}

export class FaultSchedule {
  readonly #options: FaultScheduleOptions;
  /** Faults that may be on. */
  readonly #on = new Map<string, TimedFault>();
  #lifting = false;

  constructor(options: FaultScheduleOptions) {
    this.#options = options;
  }

  /** Ids of the faults that may be on. */
  get on(): string[] {
    return [...this.#on.keys()];
  }

  /** Runs the schedule, `onFirst` once the first faults are on; returns whether all went well. */
  async run(onFirst: () => Promise<void> = () => Promise.resolve()): Promise<boolean> {
    const { faults, signal } = this.#options;
    const actions = actionsOf(faults);
    const start_ms = performance.now() - (actions[0]?.at_ms ?? 0);
    let worked = true, first_is_on = false;
    for (const [i, { at_ms, on, timed }] of actions.entries()) {
      if (!first_is_on && at_ms > actions[0].at_ms) {
        first_is_on = true;
        await onFirst();
      }
      await pause(start_ms + at_ms - performance.now(), signal);
      if (signal.aborted) return worked;
      if (i === actions.length - 1) this.#beginLift();
      worked = await (on ? this.#apply(timed) : this.#lift(timed)) && worked;
    }
    return worked;
  }

  /** Lifts all faults that may be on. */
  async liftAll(): Promise<boolean> {
    let worked = true;
    if (this.#on.size > 0) this.#beginLift();
    for (const timed of [...this.#on.values()]) worked = await this.#lift(timed) && worked;
    return worked;
  }

  #beginLift(): void {
    if (this.#lifting) return;
    this.#lifting = true;
    this.#options.onLift();
  }

  #apply(timed: TimedFault): Promise<boolean> {
    const { id, fault, for_ms } = timed;
    this.#on.set(id, timed); // even a failed apply may leave the fault on
    const applied = this.#options.actuatorFor(timed).apply(id, fault, for_ms);
    return this.#record(id, "on", within(`${id} to go on`, applied, APPLY_MS_MAX));
  }

  async #lift(timed: TimedFault): Promise<boolean> {
    const { id } = timed;
    const lifted = this.#options.actuatorFor(timed).lift(id);
    const worked = await this.#record(id, "off", within(`${id} to be lifted`, lifted, LIFT_MS_MAX));
    if (worked) this.#on.delete(id);
    return worked;
  }

  async #record(id: string, action: "on" | "off", work: Promise<void>): Promise<boolean> {
    const start_ms = performance.now();
    const error = await work.then(() => null, messageOf);
    const took_ms = Math.round((performance.now() - start_ms) * 1000) / 1000;
    this.#options.add({ kind: "fault", id, action, took_ms, error });
    return error === null;
  }
}

/** Differences from the state before the first fault, over all actuators. */
export async function differences(actuators: readonly Actuator[]): Promise<string[]> {
  const found = await Promise.all(actuators.map(async (actuator) => {
    try {
      return await within(`the state of ${actuator.layer} faults`, actuator.diff(), APPLY_MS_MAX);
    } catch (error) {
      return [`${actuator.layer}: ${messageOf(error)}`];
    }
  }));
  return found.flat();
}

/** Rolls back by force what lifting left on; returns whether no difference remains. */
export async function rollBack(
  actuators: readonly Actuator[],
  add: (entry: JournalEntry) => void,
): Promise<boolean> {
  for (const actuator of actuators) {
    const diff = await differences([actuator]);
    if (diff.length === 0) continue;
    add({ kind: "rollback", step: `${actuator.layer}: differs after lifting`, ok: false, diff });
    const onStep = (step: string, ok: boolean) =>
      add({ kind: "rollback", step: `${actuator.layer}: ${step}`, ok, diff: [] });
    try {
      await within("the rollback", actuator.rollback(onStep), ROLLBACK_MS_MAX);
    } catch (error) {
      onStep(messageOf(error), false);
    }
  }
  const left = await differences(actuators);
  add({ kind: "rollback", step: "compare with before", ok: left.length === 0, diff: left });
  return left.length === 0;
}
