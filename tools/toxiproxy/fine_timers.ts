/**
 * Timers that fire about 0.1 ms after their time. Deno's own count whole milliseconds and fire
 * more than 1 ms late; a loop of `setImmediate` is exact, but occupies a core.
 *
 *     after(20.3) → setTimeout(18) → after(1.1) → sleeper thread: Atomics.wait(1.1) → callback
 */

/** Deno's timers fire at most this late on an idle machine, so they are set that much shorter. */
const LATE_MS = 2;
/** Any sleep lasts about 0.1 ms; a sleep of 0 would return at once and occupy a core. */
const SLEEP_MS_MIN = 0.001;

interface Timer {
  readonly due_ms: number;
  readonly callback: () => void;
  is_cancelled: boolean;
}

export class FineTimers implements Disposable {
  /** Sorted by time; the earliest comes last. */
  readonly #timers: Timer[] = [];
  /** When the sleeper wakes this thread. */
  #wake_ms = Infinity;
  #sleeper: Sleeper | null = null;

  /** Starts the sleeper. It blocks this thread for some milliseconds: call it before data flows. */
  start(): void {
    this.#sleeper ??= new Sleeper(() => this.#fire());
  }

  /** Calls back once; returns a function that cancels it. */
  after(delay_ms: number, callback: () => void): () => void {
    if (delay_ms <= 0) {
      const turn = setImmediate(callback);
      return () => clearImmediate(turn);
    }
    if (!this.#sleeper?.is_ready) return startTimeout(callback, delay_ms);
    const due_ms = performance.now() + delay_ms;
    if (delay_ms <= LATE_MS) return this.#add(due_ms, callback);
    let cancel = startTimeout(() => {
      cancel = this.#add(due_ms, callback);
      // On a busy machine it is late already: no detour by the sleeper.
      if (due_ms <= performance.now()) this.#fire();
    }, delay_ms - LATE_MS);
    return () => cancel();
  }

  [Symbol.dispose](): void {
    for (const timer of this.#timers) timer.is_cancelled = true;
    this.#sleeper?.stop();
  }

  #add(due_ms: number, callback: () => void): () => void {
    const timer = { due_ms, callback, is_cancelled: false };
    const at = this.#timers.findIndex((other) => other.due_ms <= due_ms);
    this.#timers.splice(at < 0 ? this.#timers.length : at, 0, timer);
    this.#arm();
    return () => {
      timer.is_cancelled = true;
    };
  }

  #arm(): void {
    const next_ms = this.#timers.at(-1)?.due_ms ?? Infinity;
    if (next_ms >= this.#wake_ms) return;
    this.#wake_ms = next_ms;
    this.#sleeper!.sleep(Math.max(next_ms - performance.now(), SLEEP_MS_MIN));
  }

  #fire(): void {
    this.#wake_ms = Infinity;
    const now_ms = performance.now();
    for (
      let next = this.#timers.at(-1);
      next && next.due_ms <= now_ms;
      next = this.#timers.at(-1)
    ) {
      this.#timers.pop();
      if (!next.is_cancelled) next.callback();
    }
    this.#arm();
  }
}

function startTimeout(callback: () => void, delay_ms: number): () => void {
  const timer = setTimeout(callback, delay_ms);
  return () => clearTimeout(timer);
}

/** A thread that sleeps for fractions of a millisecond; a new delay replaces the current one. */
class Sleeper {
  readonly #shared = new SharedArrayBuffer(16);
  readonly #words = new Int32Array(this.#shared);
  readonly #delay_ms = new Float64Array(this.#shared, 8);
  readonly #worker: Worker;
  is_ready = false;

  constructor(onSlept: () => void) {
    const code = `(${sleeper})()`;
    // A file of its own would need --allow-read.
    this.#worker = new Worker(`data:text/javascript,${encodeURIComponent(code)}`, {
      type: "module",
    });
    this.#worker.onmessage = () => {
      this.is_ready = true;
      this.#listen(onSlept);
    };
    this.#delay_ms[0] = Infinity;
    this.#worker.postMessage(this.#shared);
  }

  /** Replaces an earlier delay. */
  sleep(delay_ms: number): void {
    this.#delay_ms[0] = delay_ms;
    Atomics.add(this.#words, 0, 1);
    Atomics.notify(this.#words, 0);
  }

  stop(): void {
    this.sleep(NaN);
    this.#worker.terminate();
  }

  async #listen(onSlept: () => void): Promise<void> {
    for (let seen = 0;;) {
      const slept = Atomics.waitAsync(this.#words, 1, seen);
      if (slept.async) await slept.value;
      // Before the callbacks: a sleep that ends during them is not missed.
      seen = Atomics.load(this.#words, 1);
      onSlept();
    }
  }
}

/** Runs in the thread. Word 0 changes with each new delay, word 1 after each sleep. */
function sleeper(): void {
  const thread = self as unknown as Worker;
  thread.onmessage = ({ data }) => {
    const words = new Int32Array(data);
    const delay_ms = new Float64Array(data, 8);
    thread.postMessage(null);
    while (!Number.isNaN(delay_ms[0])) {
      const set = Atomics.load(words, 0);
      if (Atomics.wait(words, 0, set, delay_ms[0]) !== "timed-out") continue;
      Atomics.add(words, 1, 1);
      Atomics.notify(words, 1);
      Atomics.wait(words, 0, set);
    }
  };
}
