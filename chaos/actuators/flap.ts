/** Up and down in turn, by a timer. */
import type { FlapTimes } from "./tcp_toxics.ts";

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
