/** Timers that each VU has running: those of one that is cut off are stopped, whoever set them. */
import type { Vu } from "./vu.ts";

/** Timers of each VU that may still go off, with what cancels them. */
const running = new WeakMap<Vu, Map<number, () => void>>();

/** The VU's iteration waits for this timer from now on; returns its id. */
export function beginTimer(vu: Vu, id: number, cancel: () => void): number {
  let timers = running.get(vu);
  if (timers === undefined) running.set(vu, timers = new Map());
  timers.set(id, cancel);
  vu.begun();
  return id;
}

/** What cancels a timer that may still go off. */
export function timerOf(vu: Vu, id: number): (() => void) | undefined {
  return running.get(vu)?.get(id);
}

/** The VU's iteration waits for this timer no more. */
export function endTimer(vu: Vu, id: number): void {
  if (running.get(vu)?.delete(id)) vu.settled();
}

/** Stops all timers of a VU that is cut off. */
export function cancelTimers(vu: Vu): void {
  for (const cancel of running.get(vu)?.values() ?? []) cancel();
  running.delete(vu);
}
