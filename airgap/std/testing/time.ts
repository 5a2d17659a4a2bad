/** Time that moves only when a test moves it. */

import { fakeDate } from "./_fake_date.ts";
import { type Callback, FakeTimers } from "./_fake_timers.ts";

const real = {
  Date,
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
};
const realAbortTimeout = AbortSignal.timeout;

type RealTimer = ReturnType<typeof real.setInterval>;

const ADVANCE_FREQUENCY_MS_DEFAULT = 10;

/** What is thrown for something that the state of time does not allow. */
export class TimeError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "TimeError";
  }
}

/** Options of {@linkcode FakeTime}. */
export interface FakeTimeOptions {
  /** Fake milliseconds a real one; 0, the default, for time that only the test moves. */
  advanceRate: number;
  /** Real milliseconds between two moves of time; 10 by default. */
  advanceFrequency?: number;
}

/** Options of {@linkcode FakeTime.delay}. */
export interface DelayOptions {
  /** Ends the delay early, with a rejection. */
  signal?: AbortSignal;
  /** Whether the delay keeps the process alive; `true` by default. */
  persistent?: boolean;
}

/** The fake time that stands in for the real one. */
let current: FakeTime | undefined;

/**
 * Takes the place of `Date`, `setTimeout`, `setInterval`, what clears them and `AbortSignal.timeout`
 * until it is restored. `performance.now()` and `Temporal` keep real time.
 *
 * ```ts
 * using time = new FakeTime(0);
 * setTimeout(() => console.log(Date.now()), 10);
 * time.tick(10); // 10
 * ```
 */
export class FakeTime {
  readonly #timers = new FakeTimers();
  readonly #start_ms: number;
  #now_ms: number;
  #advance_timer: RealTimer | undefined;

  /** Starts at `start`, or at the real present. Throws a `TypeError` if that is no time. */
  constructor(start?: number | string | Date | null, options?: FakeTimeOptions) {
    if (current) throw new TimeError("Cannot construct FakeTime: time is already faked");
    this.#start_ms = startMs(start);
    this.#now_ms = this.#start_ms;
    this.#install();
    current = this;
    const rate = options?.advanceRate ?? 0;
    if (rate > 0) {
      const frequency_ms = options?.advanceFrequency ?? ADVANCE_FREQUENCY_MS_DEFAULT;
      this.#advance_timer = real.setInterval.call(
        null,
        () => this.tick(rate * frequency_ms),
        Math.max(0, frequency_ms),
      );
    }
  }

  /** Brings real time back; throws a {@linkcode TimeError} if it is back already. */
  static restore(): void {
    if (!current) throw new TimeError("Cannot restore time: time is already restored");
    current.restore();
  }

  /**
   * Brings real time back while `callback` runs and its promise is pending.
   *
   * ```ts
   * await FakeTime.restoreFor(() => fetch(url));
   * ```
   */
  // What a callback takes is up to the caller.
  // deno-lint-ignore no-explicit-any
  static restoreFor<T, Args extends any[]>(
    callback: (...args: Args) => Promise<T> | T,
    ...args: Args
  ): Promise<T> {
    const faked = current;
    if (!faked) return Promise.reject(new TimeError("Cannot restore time: time is not faked"));
    uninstall();
    current = undefined;
    // Called at once, as the name says, but a throw becomes a rejection.
    return new Promise<T>((resolve) => resolve(callback(...args))).finally(() => {
      faked.#install();
      current = faked;
    });
  }

  /** Restores real time at the end of the block that declared it with `using`. */
  [Symbol.dispose](): void {
    this.restore();
  }

  /** Milliseconds since the epoch. Set later, it runs the timers on the way. */
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

  /** Where this time started, in milliseconds since the epoch. */
  get start(): number {
    return this.#start_ms;
  }

  /** Resolves after `ms` of real time; an abort rejects with an `AbortError`. */
  delay(ms: number, options: DelayOptions = {}): Promise<void> {
    const { signal, persistent = true } = options;
    const aborted = () => new DOMException("Delay was aborted.", "AbortError");
    if (signal?.aborted) return Promise.reject(aborted());
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        real.clearTimeout.call(null, timer);
        reject(aborted());
      };
      const timer = real.setTimeout.call(null, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
      if (!persistent) Deno.unrefTimer(timer);
    });
  }

  /** Lets everything run that only waits for promises. */
  async runMicrotasks(): Promise<void> {
    await this.delay(0);
  }

  /** Moves time on by `ms` and runs the timers due by then. */
  tick(ms = 0): void {
    this.now += ms;
  }

  /** Lets promises go on first, then moves time. */
  async tickAsync(ms = 0): Promise<void> {
    await this.runMicrotasks();
    this.tick(ms);
  }

  /** Moves time to the next timer and runs what is due then; `false` if there is none. */
  next(): boolean {
    const due_ms = this.#timers.next_due_ms;
    if (due_ms !== undefined) this.now = due_ms;
    return due_ms !== undefined;
  }

  /** Lets promises go on first, then does as {@linkcode next}. */
  async nextAsync(): Promise<boolean> {
    await this.runMicrotasks();
    return this.next();
  }

  /** Moves time on until no timer is left; an interval that is never cleared keeps it going. */
  runAll(): void {
    while (this.next()) { /* each step runs the timers due next */ }
  }

  /** The same, with promises going on before each step. */
  async runAllAsync(): Promise<void> {
    while (await this.nextAsync()) { /* each step runs the timers due next */ }
  }

  /** Brings real time back; timers that did not run yet never will. */
  restore(): void {
    if (current !== this) throw new TimeError("Cannot restore time: time is already restored");
    current = undefined;
    uninstall();
    real.clearInterval.call(null, this.#advance_timer);
  }

  #install(): void {
    const timers = this.#timers;
    const clear = (id?: number) => timers.remove(id);
    const set = (callback: Callback, delay_ms?: number, ...args: unknown[]) =>
      timers.add(this.#now_ms, checked(callback, "setTimeout"), delay_ms, args);
    const setRepeated = (callback: Callback, delay_ms?: number, ...args: unknown[]) =>
      timers.addInterval(this.#now_ms, checked(callback, "setInterval"), delay_ms, args);
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

function uninstall(): void {
  Object.assign(globalThis, real);
  AbortSignal.timeout = realAbortTimeout;
}

function startMs(start: number | string | Date | null | undefined): number {
  if (start === undefined || start === null) return real.Date.now();
  const start_ms = typeof start === "number" ? Math.trunc(start) : new real.Date(start).getTime();
  if (Number.isNaN(start_ms)) {
    throw new TypeError(`Cannot construct FakeTime: invalid start time ${start_ms}`);
  }
  return start_ms;
}

function checked(callback: Callback, name: string): Callback {
  if (typeof callback === "function") return callback;
  throw new TimeError(`FakeTime does not support non-function callbacks to ${name}`);
}
