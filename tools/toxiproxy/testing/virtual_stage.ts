/** One stage in virtual time. */
import { seededRandom, type Stage, type StageMaker } from "../stage.ts";

interface Timer {
  readonly due_ms: number;
  readonly callback: () => void;
}

export class VirtualStage {
  now_ms = 0;
  /** How late timers fire. */
  late_ms = 0;
  readonly stage: Stage;
  /** What left the stage: `[at_ms, bytes]`, `[at_ms, "end"]`. */
  readonly out: [number, number | "end" | "reset"][] = [];
  hits = 0;
  hit_bytes = 0;
  eased = 0;
  attributes: Record<string, number>;
  #timers = new Set<Timer>();

  constructor(maker: StageMaker, attributes: Record<string, number>, seed = 1) {
    this.attributes = attributes;
    const note = (what: number | "end" | "reset") => this.out.push([round(this.now_ms), what]);
    const flow = { push: (chunk: Uint8Array) => note(chunk.length), end: () => note("end") };
    this.stage = maker(flow, () => this.attributes, {
      now_ms: () => this.now_ms,
      after: (delay_ms, callback) => {
        const timer = { due_ms: this.now_ms + delay_ms + this.late_ms, callback };
        this.#timers.add(timer);
        return () => this.#timers.delete(timer);
      },
      random: seededRandom(seed, ""),
      reset: () => note("reset"),
      eased: () => this.eased++,
      hit: (bytes) => {
        this.hits++;
        this.hit_bytes += bytes;
      },
    });
  }

  get timers(): number {
    return this.#timers.size;
  }

  push(bytes: number): void {
    this.stage.push(new Uint8Array(bytes));
  }

  /** Advances time, timer by timer. */
  to(at_ms: number): void {
    for (;;) {
      const next = [...this.#timers].sort((a, b) => a.due_ms - b.due_ms)[0];
      if (next === undefined || next.due_ms > at_ms) break;
      this.#timers.delete(next);
      this.now_ms = Math.max(this.now_ms, next.due_ms);
      next.callback();
    }
    this.now_ms = at_ms;
  }
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}
