/** How explore draws faults of connections. */
import { choices, type FaultEffects, type FaultKind, type Parameter, steps } from "./drawing.ts";
import {
  bandwidth,
  flap,
  hang,
  latency,
  limitData,
  refuse,
  reset,
  slicer,
  slowClose,
} from "./faults_tcp.ts";
import type { Fault, Hop } from "./plan.ts";

/** Bytes of a response of the source with 64 switches, with every row twice. */
const RESPONSE_BYTES = 4_000;

const HOPS: readonly Hop[] = ["source", "store", "client"];

/** What a fault of connections does at its hop, if it does `at_source` to polls. */
function effectsOf({ hop }: Fault, at_source: Partial<FaultEffects>): Partial<FaultEffects> {
  if (hop === "source") return at_source;
  if (hop === "store") return { leaderless: true };
  const speed = "the clients' connections are slow or broken";
  const breaks = at_source.polls !== undefined;
  return { excuses: breaks ? { speed, load: speed, probes: speed, age: speed } : { speed } };
}

/** A hop `store` has a proxy for each subject. */
const oneOrAll = (place: string): Readonly<Record<string, Parameter>> =>
  place === "store" ? { subject: choices(null, 1) } : {};
const storeIf = (place: string) => place === "store" ? { store: "redis" } as const : {};

/** Ranges of clients are narrower: their load must go on. */
export const TCP_KINDS: readonly FaultKind[] = [
  {
    kind: "tcp.latency",
    word: latency,
    places: HOPS,
    parameters: (place) => ({
      delay_ms: steps(10, place === "source" ? 2_000 : 300),
      jitter_ms: steps(1, 300),
    }),
    fit: (values) => ({
      ...values,
      jitter_ms: Math.min(Number(values.jitter_ms), Number(values.delay_ms)),
    }),
    needs: storeIf,
    effects: (fault) =>
      effectsOf(fault, {
        delay_ms: Number(fault.params.delay_ms) + Number(fault.params.jitter_ms),
      }),
  },
  {
    kind: "tcp.bandwidth",
    word: bandwidth,
    places: HOPS,
    parameters: (place) => ({ rate_kb_per_s: place === "source" ? steps(40, 2) : steps(200, 30) }),
    needs: storeIf,
    effects: (fault) =>
      effectsOf(fault, { delay_ms: RESPONSE_BYTES / Number(fault.params.rate_kb_per_s) }),
  },
  {
    kind: "tcp.refuse",
    word: refuse,
    places: HOPS,
    parameters: oneOrAll,
    needs: storeIf,
    effects: (fault) => effectsOf(fault, { polls: "failing", blocks: true }),
  },
  {
    kind: "tcp.hang",
    word: hang,
    // A client that gets no answer sends no further request, so the load would prove nothing.
    places: ["source", "store"],
    parameters: oneOrAll,
    needs: storeIf,
    effects: (fault) => effectsOf(fault, { polls: "hanging", blocks: true }),
  },
  {
    kind: "tcp.reset",
    word: reset,
    places: HOPS,
    needs: storeIf,
    effects: (fault) => effectsOf(fault, { polls: "failing", blocks: true }),
  },
  {
    kind: "tcp.slow_close",
    word: slowClose,
    places: ["source"],
    parameters: () => ({ delay_ms: steps(50, 1_000) }),
    shows_with: "tcp.limit_data",
    effects: (fault) => ({ delay_ms: Number(fault.params.delay_ms) }),
  },
  {
    kind: "tcp.slicer",
    word: slicer,
    places: HOPS,
    parameters: (place) => ({
      average_bytes: steps(1_000, 60),
      variation_bytes: steps(1, 50),
      delay_us: place === "source" ? steps(1_000, 30_000) : steps(100, 5_000),
    }),
    needs: storeIf,
    effects: (fault) => {
      const { average_bytes, delay_us } = fault.params;
      return effectsOf(fault, {
        delay_ms: RESPONSE_BYTES / Number(average_bytes) * Number(delay_us) / 1000,
      });
    },
  },
  {
    kind: "tcp.limit_data",
    word: limitData,
    places: HOPS,
    parameters: () => ({ bytes: steps(6_000, 300) }),
    needs: storeIf,
    effects: (fault) => effectsOf(fault, { polls: "failing" }),
  },
  {
    kind: "tcp.flap",
    word: flap,
    places: HOPS,
    parameters: () => ({ up_of_poll: steps(4, 1), down_of_poll: steps(1, 4) }),
    needs: storeIf,
    effects: (fault) => effectsOf(fault, { polls: "failing" }),
  },
];
