/** All kinds of faults, by name. */
import { type FaultEffects, type FaultKind, NO_EFFECTS, type Values } from "./drawing.ts";
import type { FaultValue } from "./fault_value.ts";
import { HOST_KINDS } from "./kinds_host.ts";
import { HTTP_KINDS } from "./kinds_http.ts";
import { TCP_KINDS } from "./kinds_tcp.ts";
import { SETTINGS_DEFAULT } from "./scenario.ts";

export const FAULT_KINDS: readonly FaultKind[] = [...TCP_KINDS, ...HTTP_KINDS, ...HOST_KINDS];

/** @throws {RangeError} for a kind that the vocabulary does not have. */
export function kindOf(kind: string): FaultKind {
  const found = FAULT_KINDS.find((one) => one.kind === kind);
  if (found !== undefined) return found;
  throw new RangeError(`${kind}: must be one of ${FAULT_KINDS.map((one) => one.kind).join(", ")}`);
}

/** Arguments of a kind's word: `["source", { delay_ms: 200 }]`. */
export function argumentsOf(place: string, values: Values): readonly (string | Values)[] {
  return [...(place === "" ? [] : [place]), ...(Object.keys(values).length === 0 ? [] : [values])];
}

/** The fault with these values. */
export function makeFault(kind: string, place: string, values: Values): FaultValue {
  return kindOf(kind).word(...argumentsOf(place, values));
}

/** The effects of a fault on a subject without defects. */
export function effectsOf(value: FaultValue): FaultEffects {
  const fault = value.make({ settings: SETTINGS_DEFAULT, random: () => 0 });
  return { ...NO_EFFECTS, ...kindOf(fault.kind).effects?.(fault) };
}
