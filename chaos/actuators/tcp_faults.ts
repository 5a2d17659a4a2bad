/** What each fault of TCP is to Toxiproxy. */
import type { NewToxic } from "../../tools/toxiproxy/mod.ts";
import type { Fault, FaultParams } from "../vocabulary/mod.ts";

/** How a fault is carried out. */
export interface TcpPlan {
  /** Toxic to add while the fault is on; null for none. */
  readonly toxic: Omit<NewToxic, "name"> | null;
  /** Whether nobody listens while it is on. */
  readonly refuses: boolean;
  /** Whether open connections are dropped once, when it goes on. */
  readonly drops_open: boolean;
  /** Refuses and serves in turn; null for no. */
  readonly flap: FlapTimes | null;
}

export interface FlapTimes {
  readonly up_ms: number;
  readonly down_ms: number;
  /** Where in its cycle, which begins with down, it starts. */
  readonly phase_ms: number;
}

const NOTHING: TcpPlan = { toxic: null, refuses: false, drops_open: false, flap: null };

type Planner = (number: (name: string) => number) => Partial<TcpPlan>;

const PLANNERS: Readonly<Record<string, Planner>> = {
  "tcp.latency": (number) => ({
    toxic: {
      type: "latency",
      attributes: { latency: number("delay_ms"), jitter: number("jitter_ms") },
    },
  }),
  "tcp.bandwidth": (number) => ({
    toxic: { type: "bandwidth", attributes: { rate: number("rate_kb_per_s") } },
  }),
  "tcp.refuse": () => ({ refuses: true }),
  // Upstream: the request is taken and never arrives, as with a host that stands still.
  "tcp.hang": () => ({
    toxic: { type: "timeout", stream: "upstream", attributes: { timeout: 0 } },
  }),
  // Dropping what is open makes pooled clients connect anew, which the real one then resets.
  "tcp.reset": () => ({
    toxic: { type: "reset_peer", attributes: { timeout: 0 } },
    drops_open: true,
  }),
  "tcp.slow_close": (number) => ({
    toxic: { type: "slow_close", attributes: { delay: number("delay_ms") } },
  }),
  "tcp.slicer": (number) => ({
    toxic: {
      type: "slicer",
      attributes: {
        average_size: number("average_bytes"),
        size_variation: number("variation_bytes"),
        delay: number("delay_us"),
      },
    },
  }),
  "tcp.limit_data": (number) => ({
    toxic: { type: "limit_data", attributes: { bytes: number("bytes") } },
  }),
  "tcp.flap": (number) => ({
    flap: { up_ms: number("up_ms"), down_ms: number("down_ms"), phase_ms: number("phase_ms") },
  }),
};

/** Kinds of faults there is a plan for. */
export const TCP_KINDS: readonly string[] = Object.keys(PLANNERS);

/** Throws a `RangeError` for a fault that is not of TCP, or lacks a number. */
export function planTcpFault({ kind, params }: Fault): TcpPlan {
  const planner = PLANNERS[kind];
  if (planner === undefined) {
    throw new RangeError(`${kind}: TCP faults are ${TCP_KINDS.join(", ")}`);
  }
  return { ...NOTHING, ...planner((name) => numberOf(kind, params, name)) };
}

function numberOf(kind: string, params: FaultParams, name: string): number {
  const value = params[name];
  if (typeof value !== "number") throw new RangeError(`${kind} ${name}=${value}: must be a number`);
  return value;
}

/** What a flap needs from outside. */
export interface FlapWorld {
  now_ms(): number;
  /** Calls back after that time; returns what cancels it. */
  after(delay_ms: number, callback: () => void): () => void;
}

/** At a moment of its cycle: whether it is down, and how long still. */
export function flapAt(
  { up_ms, down_ms, phase_ms }: FlapTimes,
  since_ms: number,
): { is_down: boolean; left_ms: number } {
  const at_ms = (phase_ms + since_ms) % (down_ms + up_ms);
  const is_down = at_ms < down_ms;
  return { is_down, left_ms: (is_down ? down_ms : down_ms + up_ms) - at_ms };
}

/**
 * Tells `onTurn` now and at every turn; returns what ends it. Turns keep to the clock: one that
 * takes long, or a late timer, does not put off those that follow.
 */
export function startFlap(
  times: FlapTimes,
  world: FlapWorld,
  onTurn: (is_down: boolean) => void,
): () => void {
  const start_ms = world.now_ms();
  let told: boolean | null = null;
  let cancel: () => void = () => {};
  const turn = () => {
    const { is_down, left_ms } = flapAt(times, world.now_ms() - start_ms);
    if (is_down !== told) onTurn(is_down);
    told = is_down;
    cancel = world.after(left_ms, turn);
  };
  turn();
  return () => cancel();
}
