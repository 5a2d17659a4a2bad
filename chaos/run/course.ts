/** Faults put on and taken off at their times; whatever happens, each one that went on is lifted. */
import type { Actuator } from "../actuators/actuator.ts";
import type { JournalEntry } from "../journal/mod.ts";
import type { TimedFault } from "../vocabulary/mod.ts";
import { pause, within } from "./waiting.ts";

/** Longest putting a fault on may take, in milliseconds. */
export const APPLY_MS_MAX = 8_000;
/** Longest lifting a fault may take, in milliseconds: a process has to be ready again in it. */
export const LIFT_MS_MAX = 25_000;
/** How long each actuator has for its rollback, in milliseconds: a ladder of 2 s steps. */
export const ROLLBACK_MS_MAX = 15_000;

/** What a course of faults needs. */
export interface CourseOptions {
  readonly faults: readonly TimedFault[];
  /** Who carries that fault out. */
  actuatorFor(fault: TimedFault): Actuator;
  add(entry: JournalEntry): void;
  /** Before the last fault is lifted: what follows is no longer the fault's time. */
  onLift(): void;
  /** Ends the course early; what is on is then lifted by {@link FaultCourse.liftAll}. */
  readonly signal: AbortSignal;
}

interface Action {
  readonly at_ms: number;
  readonly on: boolean;
  readonly timed: TimedFault;
}

/** Actions in time; where two are due at once, lifting comes first. Pure. */
export function actionsOf(faults: readonly TimedFault[]): Action[] {
  return faults.flatMap((timed) => [
    { at_ms: timed.at_ms, on: true, timed },
    { at_ms: timed.at_ms + timed.for_ms, on: false, timed },
  ]).toSorted((a, b) => a.at_ms - b.at_ms || Number(a.on) - Number(b.on));
}

/** One run's faults. */
export class FaultCourse {
  readonly #options: CourseOptions;
  /** Faults that may be on. */
  readonly #on = new Map<string, TimedFault>();
  #lifting = false;

  constructor(options: CourseOptions) {
    this.#options = options;
  }

  /** Ids of the faults that may be on. */
  get on(): string[] {
    return [...this.#on.keys()];
  }

  /**
   * Runs the whole course.
   *
   * @param onFirst Called once the faults due at the start are on: a cold start's subject comes then.
   * @returns Whether every fault went on and off as it should.
   */
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

  /** Lifts what may still be on. */
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
    // From here on it may be on, also where putting it on fails half-way.
    this.#on.set(timed.id, timed);
    const actuator = this.#options.actuatorFor(timed);
    return this.#told(
      timed.id,
      "on",
      () =>
        within(
          actuator.apply(timed.id, timed.fault, timed.for_ms),
          APPLY_MS_MAX,
          `putting ${timed.id} on`,
        ),
    );
  }

  async #lift(timed: TimedFault): Promise<boolean> {
    const actuator = this.#options.actuatorFor(timed);
    const worked = await this.#told(
      timed.id,
      "off",
      () => within(actuator.lift(timed.id), LIFT_MS_MAX, `lifting ${timed.id}`),
    );
    if (worked) this.#on.delete(timed.id);
    return worked;
  }

  async #told(id: string, action: "on" | "off", act: () => Promise<void>): Promise<boolean> {
    const began_ms = performance.now();
    let error: string | null = null;
    try {
      await act();
    } catch (thrown) {
      error = thrown instanceof Error ? thrown.message : String(thrown);
    }
    const took_ms = Math.round((performance.now() - began_ms) * 1000) / 1000;
    this.#options.add({ kind: "fault", id, action, took_ms, error });
    return error === null;
  }
}

/** What differs from before the first fault, over all actuators. */
export async function differences(actuators: readonly Actuator[]): Promise<string[]> {
  const found = await Promise.all(actuators.map(async (actuator) => {
    try {
      return await within(actuator.diff(), APPLY_MS_MAX, `comparing ${actuator.layer}`);
    } catch (error) {
      return [`${actuator.layer}: ${error instanceof Error ? error.message : error}`];
    }
  }));
  return found.flat();
}

/**
 * Brings back by force what lifting did not, and tells every step.
 *
 * @returns Whether nothing differs any more.
 */
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
      const what = `rolling ${actuator.layer} back`;
      await within(actuator.rollback(onStep), ROLLBACK_MS_MAX, what);
    } catch (error) {
      onStep(error instanceof Error ? error.message : String(error), false);
    }
  }
  const left = await differences(actuators);
  add({ kind: "rollback", step: "compare with before", ok: left.length === 0, diff: left });
  return left.length === 0;
}
