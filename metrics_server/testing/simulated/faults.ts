/** Faults of simulated timelines: the lab's, as far as they mean something here, and finer ones. */
import { choices, FAULT_KINDS, type FaultKind, steps } from "../../../chaos/mod.ts";

/** Faults of the lab without a meaning in virtual time: of cores, of sockets, and of clients. */
export const LEFT_OUT = [
  "resource.cpu",
  "resource.slow_clients",
  "resource.connection_flood",
  "resource.load_step",
  "tcp.slow_close",
];

/** Faults of the lab that can be drawn; clients have no network here. */
export const LAB_KINDS: readonly FaultKind[] = FAULT_KINDS
  .filter(({ kind }) => !LEFT_OUT.includes(kind))
  .map((kind) => {
    const { places, needs } = kind;
    return {
      ...kind,
      ...places && { places: places.filter((place) => place !== "client") },
      // There is no load balancer either.
      ...needs && { needs: (place: string) => ({ ...needs(place), front: "none" as const }) },
    };
  });

export interface FinerKind extends Pick<FaultKind, "kind" | "parameters"> {
  readonly needs_store?: boolean;
}

const subject = choices(0, 1, 2);
const skew_ms = choices(-50, 50, -1_000, 1_000, -5_000, 5_000, -30_000, 30_000);

/** Faults that only virtual time can place. */
export const FINER_KINDS: readonly FinerKind[] = [
  // The clock of a subject is set, and set right when the fault ends.
  { kind: "clock.skew", parameters: () => ({ subject, skew_ms }) },
  { kind: "worker.crash", parameters: () => ({ subject }) },
  { kind: "subject.no_source", parameters: () => ({ subject }) },
  { kind: "subject.no_store", parameters: () => ({ subject }), needs_store: true },
  // Commands are executed, and their replies are lost.
  { kind: "store.lost_replies", needs_store: true },
  {
    kind: "store.slow_uploads",
    parameters: () => ({ delay_ms: steps(50, 6_000) }),
    needs_store: true,
  },
  // As after a failover to a server that lacks the last writes.
  { kind: "store.rolled_back", needs_store: true },
  // An upstream replica, or a cache, that answers as the source did some time before.
  { kind: "http.stale", parameters: () => ({ age_ms: steps(500, 20_000) }) },
  { kind: "http.cached", parameters: () => ({ age_ms: steps(500, 20_000) }) },
];

export function parametersOf(kind: string, place: string) {
  const all: readonly Pick<FaultKind, "kind" | "parameters">[] = [...LAB_KINDS, ...FINER_KINDS];
  return all.find((one) => one.kind === kind)?.parameters?.(place) ?? {};
}
