/** Counters of a layer that no hop's traffic passes through. */
import type { Layer } from "../vocabulary/mod.ts";
import type { Actuator } from "./actuator.ts";

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
