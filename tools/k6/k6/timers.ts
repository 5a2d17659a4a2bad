/** Module `k6/timers`, also the global timers of scripts: an iteration waits for its timers. */
import { currentVu, runAs } from "../script/vu.ts";

type Call = (...args: unknown[]) => void;

let last_id = 0;

/** Timers due in the same millisecond share one native timer, so their VUs resume together. */
interface Due {
  readonly calls: Set<() => void>;
  readonly native: ReturnType<typeof globalThis.setTimeout>;
}

const due_at = new Map<number, Due>();

export function setTimeout(call: Call, delay_ms = 0, ...args: unknown[]): number {
  demandFunction("setTimeout", call);
  const vu = currentVu();
  const id = ++last_id;
  const cancel = after(delay_ms, () => {
    try {
      runAs(vu, call, ...args);
    } finally {
      vu.endTimer(id);
    }
  });
  return vu.beginTimer(id, cancel);
}

export function setInterval(call: Call, delay_ms = 0, ...args: unknown[]): number {
  demandFunction("setInterval", call);
  const native = globalThis.setInterval(call, delay_ms, ...args);
  return currentVu().beginTimer(++last_id, () => globalThis.clearInterval(native));
}

export function clearTimeout(timer?: number): void {
  if (timer !== undefined) currentVu().cancelTimer(timer);
}

export const clearInterval = clearTimeout;

function demandFunction(name: string, call: unknown): void {
  if (typeof call === "function") return;
  throw new TypeError(`${name}: the first argument must be a function, got ${typeof call}`);
}

/** Calls back in the first whole millisecond after the delay; the returned function cancels it. */
function after(delay_ms: number, call: () => void): () => void {
  const now_ms = performance.now();
  const due_ms = Math.ceil(now_ms + Math.max(0, Number(delay_ms) || 0));
  let due = due_at.get(due_ms);
  if (due === undefined) {
    const native = globalThis.setTimeout(() => runDue(due_ms), due_ms - now_ms);
    due_at.set(due_ms, due = { calls: new Set(), native });
  }
  const { calls, native } = due;
  calls.add(call);
  return () => {
    if (!calls.delete(call) || calls.size > 0) return;
    globalThis.clearTimeout(native);
    if (due_at.get(due_ms) === due) due_at.delete(due_ms);
  };
}

function runDue(due_ms: number): void {
  const calls = due_at.get(due_ms)?.calls ?? [];
  due_at.delete(due_ms);
  for (const call of calls) {
    try {
      call();
    } catch (error) {
      reportError(error); // the other timers still fire
    }
  }
}

export default { clearInterval, clearTimeout, setInterval, setTimeout };
