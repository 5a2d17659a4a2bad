/** Module `k6/timers`: an iteration does not end before its timers. */
import { currentVu } from "../script/current_vu.ts";
import type { Vu } from "../script/vu.ts";

type Call = (...args: unknown[]) => void;

/** Timers of each VU that may still go off. */
const running = new WeakMap<Vu, Set<number>>();

export function setTimeout(call: Call, delay_ms = 0, ...args: unknown[]): number {
  const vu = currentVu();
  const timer = globalThis.setTimeout(() => {
    try {
      call(...args);
    } finally {
      end(vu, timer);
    }
  }, delay_ms) as unknown as number;
  return begin(vu, timer);
}

export function setInterval(call: Call, delay_ms = 0, ...args: unknown[]): number {
  const vu = currentVu();
  return begin(vu, globalThis.setInterval(call, delay_ms, ...args) as unknown as number);
}

export function clearTimeout(timer?: number): void {
  if (timer === undefined) return;
  globalThis.clearTimeout(timer);
  end(currentVu(), timer);
}

export const clearInterval = clearTimeout;

/** Stops all timers of a VU that is cut off. */
export function cancelTimers(vu: Vu): void {
  for (const timer of running.get(vu) ?? []) globalThis.clearTimeout(timer);
  running.delete(vu);
}

function begin(vu: Vu, timer: number): number {
  let timers = running.get(vu);
  if (timers === undefined) running.set(vu, timers = new Set());
  timers.add(timer);
  vu.begun();
  return timer;
}

function end(vu: Vu, timer: number): void {
  if (running.get(vu)?.delete(timer)) vu.settled();
}

export default { clearInterval, clearTimeout, setInterval, setTimeout };
