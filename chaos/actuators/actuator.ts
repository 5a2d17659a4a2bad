/** The interface of all fault injectors, one for each layer. */
import type { HopRecord } from "../journal/mod.ts";
import type { Fault, Layer } from "../vocabulary/mod.ts";

export type OnStep = (step: string, ok: boolean) => void;

/** Runs a step of a rollback and reports its outcome; returns whether it succeeded. */
export async function attempt(
  step: string,
  onStep: OnStep,
  work: () => Promise<unknown>,
): Promise<boolean> {
  try {
    await work();
    onStep(step, true);
    return true;
  } catch (error) {
    onStep(`${step}: ${(error as Error).message}`, false);
    return false;
  }
}

export interface Actuator {
  readonly layer: Layer;
  /** Puts a fault on; HTTP and resource faults expire some time after `for_ms` by themselves. */
  apply(id: string, fault: Fault, for_ms?: number): Promise<void>;
  /** Lifts a fault; returns when it is off. Does nothing if it is not on. */
  lift(id: string): Promise<void>;
  /** Traffic and hits so far. */
  counters(): Promise<Omit<HopRecord, "t_ms" | "kind">[]>;
  /** Differences from the state before the first fault, as sentences. */
  diff(): Promise<string[]>;
  /** Forces all faults off and reports each step. */
  rollback(onStep: OnStep): Promise<void>;
}

/** {@link Actuator.counters} of a layer that sees no traffic. */
export function hitsOnly(
  layer: Layer,
  hits: Readonly<Record<string, number>>,
  evidence?: Readonly<Record<string, string>>,
): ReturnType<Actuator["counters"]> {
  return Promise.resolve([{
    hop: null,
    layer,
    connections: 0,
    requests: null,
    bytes_up: 0,
    bytes_down: 0,
    hits,
    ...(evidence === undefined ? {} : { evidence }),
  }]);
}
