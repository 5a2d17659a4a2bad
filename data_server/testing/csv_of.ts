/** A simulation's CSV as text. */
import type { Simulation } from "../simulation.ts";

/** Writes all switches as they are now, without the header row. */
export function rowsOf(simulation: Simulation, taken_at_ms = 0): string {
  const bytes = new Uint8Array(simulation.switches * simulation.switch_bytes_max);
  const offsets = new Uint32Array(simulation.switches + 1);
  const end = simulation.write(0, simulation.switches, bytes, 0, taken_at_ms, offsets);
  return new TextDecoder().decode(bytes.subarray(0, end));
}
