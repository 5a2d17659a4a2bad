/** A process, or a thread of one: what it waits for, until it is frozen or ends. */
import type { VirtualTime } from "../virtual_time.ts";

export class Scope {
  /** Its own timers that are not due yet. */
  readonly timers = new Set<() => void>();
  ended = false;
  /** What came due while it was frozen. */
  #frozen: (() => void)[] | null = null;

  constructor(readonly name: string, readonly time: VirtualTime) {}

  /** A timer of the process itself. */
  readonly later = (delay_ms: number, run: () => void): () => void => {
    const cancel = () => {
      this.timers.delete(cancel);
      cancelled = true;
      cancelTimer();
    };
    let cancelled = false;
    const cancelTimer = this.time.later(delay_ms, () =>
      this.run(() => {
        this.timers.delete(cancel);
        if (!cancelled) run();
      }));
    this.timers.add(cancel);
    return cancel;
  };

  /** A timer of the world, which goes on while the process is frozen. */
  world(delay_ms: number, run: () => void): () => void {
    return this.time.later(delay_ms, () => {
      if (!this.ended) run();
    });
  }

  /** Once this process runs; never after its end. */
  run(run: () => void): void {
    if (this.ended) return;
    if (this.#frozen === null) run();
    else this.#frozen.push(run);
  }

  freeze(): void {
    this.#frozen ??= [];
  }

  get is_frozen(): boolean {
    return this.#frozen !== null;
  }

  thaw(): void {
    const due = this.#frozen ?? [];
    this.#frozen = null;
    for (const run of due) this.run(run);
  }

  end(): void {
    this.ended = true;
    for (const cancel of [...this.timers]) cancel();
  }
}
