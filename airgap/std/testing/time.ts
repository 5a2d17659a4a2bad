/** Time that moves only when a test moves it. */

import { type Callback, FakeTimers } from "./fake_timers.ts";

const real = {
  Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
};
const realAbortTimeout = AbortSignal.timeout;

/** Thrown for a call that the state of time does not allow. */
class TimeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TimeError";
  }
}

/** The fake time in use. */
let current: FakeTime | undefined;

/**
 * Replaces `Date`, `setTimeout`, `setInterval`, their clear functions and `AbortSignal.timeout`
 * until it is disposed. `performance.now()` and `Temporal` keep real time.
 *
 * ```ts
 * using time = new FakeTime(0);
 * setTimeout(() => console.log(Date.now()), 10);
 * time.tick(10); // 10
 * ```
 */
export class FakeTime {
  readonly #timers = new FakeTimers();
  #now_ms: number;

  /**
   * Starts at `start`, a date or whole milliseconds since the epoch; by default at the real time.
   * @throws {TypeError} for an invalid date.
   */
  constructor(start?: number | string | Date | null) {
    if (current) throw new TimeError("Cannot construct FakeTime: time is already faked");
    const start_ms = typeof start === "number"
      ? Math.floor(start)
      : new Date(start ?? NaN).valueOf();
    this.#now_ms = start === undefined || start === null ? real.Date.now() : start_ms;
    if (Number.isNaN(this.#now_ms)) {
      throw new TypeError("Cannot construct FakeTime: invalid start time NaN");
    }
    this.#install();
    current = this;
  }

  /** Restores real time at the end of the block that declared it with `using`. */
  [Symbol.dispose](): void {
    if (current !== this) throw new TimeError("Cannot restore time: time is already restored");
    current = undefined;
    Object.assign(globalThis, real);
    AbortSignal.timeout = realAbortTimeout;
  }

  /** Milliseconds since the epoch. Setting a later time runs the timers due by then. */
  get now(): number {
    return this.#now_ms;
  }

  set now(value: number) {
    if (value < this.#now_ms) {
      throw new RangeError(
        `Cannot set current time in the past, time must be >= ${this.#now_ms}: received ${value}`,
      );
    }
    let due_ms = this.#timers.next_due_ms;
    while (due_ms !== undefined && due_ms <= value) {
      this.#now_ms = due_ms;
      this.#timers.runNext();
      due_ms = this.#timers.next_due_ms;
    }
    this.#now_ms = value;
  }

  /** Advances time by `ms` and runs the timers due by then. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Runs pending promise callbacks first, then advances time. */
  async tickAsync(ms = 0): Promise<void> {
    await new Promise<void>((resolve) => void real.setTimeout.call(null, resolve, 0));
    this.tick(ms);
  }

  #install(): void {
    const timers = this.#timers;
    const clear = (id?: number) => timers.remove(id);
    const set = (callback: Callback, delay_ms?: number, ...args: unknown[]) =>
      timers.add(this.#now_ms, checked(callback, "setTimeout"), delay_ms, args);
    const setRepeated = (callback: Callback, delay_ms?: number, ...args: unknown[]) =>
      timers.add(this.#now_ms, checked(callback, "setInterval"), delay_ms, args, true);
    globalThis.Date = fakeDate(() => this.#now_ms);
    globalThis.setTimeout = set as unknown as typeof setTimeout;
    globalThis.setInterval = setRepeated as unknown as typeof setInterval;
    globalThis.clearTimeout = clear as typeof clearTimeout;
    globalThis.clearInterval = clear as typeof clearInterval;
    AbortSignal.timeout = (ms) => {
      const controller = new AbortController();
      const reason = () => new DOMException("Signal timed out.", "TimeoutError");
      set(() => controller.abort(reason()), ms);
      return controller.signal;
    };
  }
}

/** The real `Date`, except that the current time is `now_ms()`. */
function fakeDate(now_ms: () => number): DateConstructor {
  return new Proxy(Date, {
    construct: (target, args, new_target) =>
      Reflect.construct(target, args.length === 0 ? [now_ms()] : args, new_target),
    apply: (target) => new target(now_ms()).toString(),
    get: (target, key) => key === "now" ? now_ms : Reflect.get(target, key),
  });
}

function checked(callback: Callback, name: string): Callback {
  if (typeof callback === "function") return callback;
  throw new TimeError(`FakeTime does not support non-function callbacks to ${name}`);
}
