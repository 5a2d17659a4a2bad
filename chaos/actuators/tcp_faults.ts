/** Translates TCP faults into Toxiproxy's toxics. */
import type { NewToxic } from "../../tools/toxiproxy/mod.ts";
import type { Fault, FaultParams } from "../vocabulary/mod.ts";

export interface TcpPlan {
  readonly toxic: Omit<NewToxic, "name"> | null;
  /** Whether the proxy refuses connections while the fault is on. */
  readonly refuses: boolean;
  /** Whether open connections are dropped when the fault goes on. */
  readonly drops_open: boolean;
  /** Alternates between refusing and serving. */
  readonly flap: FlapTimes | null;
}

interface FlapTimes {
  readonly up_ms: number;
  readonly down_ms: number;
  /** Start within the cycle, which begins with down. */
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
  // Upstream: the proxy accepts the request and never delivers it, as a frozen host would.
  "tcp.hang": () => ({
    toxic: { type: "timeout", stream: "upstream", attributes: { timeout: 0 } },
  }),
  // Pooled clients must reconnect, because the real Toxiproxy resets new connections only.
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

/** @throws {RangeError} for a fault of another layer, or without a required number. */
export function planTcpFault({ kind, params }: Fault): TcpPlan {
  const planner = PLANNERS[kind];
  if (planner === undefined) {
    throw new RangeError(`${kind}: TCP faults are ${Object.keys(PLANNERS).join(", ")}`);
  }
  return { ...NOTHING, ...planner((name) => numberOf(kind, params, name)) };
}

function numberOf(kind: string, params: FaultParams, name: string): number {
  const value = params[name];
  if (typeof value !== "number") throw new RangeError(`${kind} ${name}=${value}: must be a number`);
  return value;
}

interface FlapClock {
  now_ms(): number;
  /** Calls back later; returns a function that cancels it. */
  after(delay_ms: number, callback: () => void): () => void;
}

/** State at a time of the flap, and how long it lasts. */
export function flapAt(
  { up_ms, down_ms, phase_ms }: FlapTimes,
  since_ms: number,
): { is_down: boolean; left_ms: number } {
  const at_ms = (phase_ms + since_ms) % (down_ms + up_ms);
  const is_down = at_ms < down_ms;
  return { is_down, left_ms: (is_down ? down_ms : down_ms + up_ms) - at_ms };
}

/**
 * Calls `onTurn` now and at every change; returns a function that ends the flap. Changes follow the
 * clock, so a late timer does not delay later changes.
 */
export function startFlap(
  times: FlapTimes,
  clock: FlapClock,
  onTurn: (is_down: boolean) => void,
): () => void {
  const start_ms = clock.now_ms();
  let last: boolean | null = null;
  let cancel: () => void = () => {};
  const turn = () => {
    const { is_down, left_ms } = flapAt(times, clock.now_ms() - start_ms);
    if (is_down !== last) onTurn(is_down);
    last = is_down;
    cancel = clock.after(left_ms, turn);
  };
  turn();
  return () => cancel();
}
