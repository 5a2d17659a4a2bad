/** What carries faults out: one for each layer, all behind the same four calls. */
import type { HopRecord } from "../journal/mod.ts";
import type { Fault, Layer } from "../vocabulary/mod.ts";

/** Carries out the faults of one layer. */
export interface Actuator {
  readonly layer: Layer;
  /**
   * Puts the fault on; returns when it is on. Errors say what was tried and what to do.
   *
   * @param for_ms How long it is meant to be on. Where the layer can, it falls off by itself some
   *   time after that, even if nobody is left to lift it.
   */
  apply(id: string, fault: Fault, for_ms?: number): Promise<void>;
  /** Takes it off again; returns when it is off. Lifting what is not on does nothing. */
  lift(id: string): Promise<void>;
  /** What the hops saw so far. */
  counters(): Promise<Omit<HopRecord, "t_ms" | "kind">[]>;
  /** What differs from the state before the first fault, as sentences; empty where nothing does. */
  diff(): Promise<string[]>;
  /** Everything off, by force where asking does not do; the steps taken are told. */
  rollback(onStep: (step: string, ok: boolean) => void): Promise<void>;
}

/** What {@link Actuator.counters} gives where there are only hits to tell. */
export function hitsOnly(
  layer: Layer,
  hits: Readonly<Record<string, number>>,
): ReturnType<Actuator["counters"]> {
  return Promise.resolve([{
    hop: null,
    layer,
    connections: 0,
    requests: null,
    bytes_up: 0,
    bytes_down: 0,
    hits,
  }]);
}
