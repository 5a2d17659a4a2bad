/** Data that leaves at given times, in the order it came. */
import type { Flow, StageWorld } from "./stage.ts";

/** An end is a chunk that is null. */
interface Item {
  readonly chunk: Uint8Array | null;
  readonly due_ms: number;
}

/** Queue with one timer, for its head. */
export class TimedQueue {
  #items: Item[] = [];
  #head = 0;
  #cancel: (() => void) | null = null;
  held_bytes = 0;

  constructor(readonly out: Flow, readonly world: StageWorld) {}

  get empty(): boolean {
    return this.#head === this.#items.length;
  }

  /** When the last of the queue leaves; −∞ where it is empty. */
  get last_due_ms(): number {
    return this.empty ? -Infinity : this.#items[this.#items.length - 1].due_ms;
  }

  add(chunk: Uint8Array | null, due_ms: number): void {
    this.#items.push({ chunk, due_ms: Math.max(due_ms, this.last_due_ms) });
    this.held_bytes += chunk?.length ?? 0;
    if (this.#cancel === null) this.#arm();
  }

  release(): void {
    this.#disarm();
    this.#send(Infinity);
  }

  stop(): void {
    this.#disarm();
    this.#items = [];
    this.#head = 0;
    this.held_bytes = 0;
  }

  #arm(): void {
    if (this.empty) return;
    const { due_ms } = this.#items[this.#head];
    if (due_ms === Infinity) return;
    const delay_ms = Math.max(0, due_ms - this.world.now_ms());
    this.#cancel = this.world.after(delay_ms, () => {
      this.#cancel = null;
      this.#send(this.world.now_ms());
      if (this.#cancel === null) this.#arm();
    });
  }

  #disarm(): void {
    this.#cancel?.();
    this.#cancel = null;
  }

  #send(until_ms: number): void {
    let sent = false;
    while (!this.empty && this.#items[this.#head].due_ms <= until_ms) {
      const { chunk } = this.#items[this.#head++];
      sent = true;
      if (chunk === null) this.out.end();
      else {
        this.held_bytes -= chunk.length;
        this.out.push(chunk);
      }
    }
    if (this.empty) {
      this.#items = [];
      this.#head = 0;
    } else if (this.#head > 1024) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    if (sent) this.world.eased();
  }
}
