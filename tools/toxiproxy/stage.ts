/**
 * A toxic as a stage in the data path: what a stage gets and does, and a queue with due times.
 *
 *     source socket → stage → stage → … → sink socket
 *                     hold, delay, cut, drop, close, reset
 */
import { mulberry32 } from "../verdict/mod.ts";

/** Takes data and its end. */
export interface Flow {
  push(chunk: Uint8Array): void;
  /** No more data; at the end of the chain the connection is closed. */
  end(): void;
}

/** A toxic on one direction of one connection. After `release` or `stop` it holds no data. */
export interface Stage extends Flow {
  /** Whether it holds so much that its source must wait. */
  readonly full: boolean;
  /** Called when its attributes change: passes on the data that the old ones held back. */
  release(): void;
  /** Its toxic is removed: passes on what it holds, or closes if the toxic dropped data. */
  leave(): void;
  /** Its connection has ended: drops what it holds. */
  stop(): void;
}

/** Clock, timers, randomness and the connection, as a stage sees them. */
export interface StageWorld {
  now_ms(): number;
  /** Calls back after the delay; returns a function that cancels it. */
  after(delay_ms: number, callback: () => void): () => void;
  /** Uniform in [0, 1), from a stream of this connection's own. */
  random(): number;
  /** RST to both sides. */
  reset(): void;
  /** Reports that less is held, so that a paused source may continue. */
  eased(): void;
  /** Counts data that the toxic affected. */
  hit(bytes: number): void;
}

/** A stage reads its attributes each time, because PATCH changes them. */
export type StageMaker = (
  out: Flow,
  attributes: () => Readonly<Record<string, number>>,
  world: StageWorld,
) => Stage;

/** One timer of a stage. */
export class Alarm {
  #cancel: (() => void) | null = null;

  constructor(private readonly world: StageWorld) {}

  get is_set(): boolean {
    return this.#cancel !== null;
  }

  /** Replaces an earlier setting. */
  set(delay_ms: number, callback: () => void): void {
    this.clear();
    this.#cancel = this.world.after(delay_ms, () => {
      this.#cancel = null;
      callback();
    });
  }

  /** Returns whether it was set. */
  clear(): boolean {
    const was_set = this.is_set;
    this.#cancel?.();
    this.#cancel = null;
    return was_set;
  }
}

interface Item {
  /** Null for the end. */
  readonly chunk: Uint8Array | null;
  readonly added_ms: number;
  readonly due_ms: number;
}

/** Data that leaves at given times, in order of arrival. One timer, for the head. */
export class TimedQueue {
  #items: Item[] = [];
  #head = 0;
  readonly #alarm: Alarm;
  held_bytes = 0;
  /** When the last item leaves or should have left; −∞ before the first and after a release. */
  last_due_ms = -Infinity;
  /** How late the last item left. */
  late_ms = 0;

  constructor(readonly out: Flow, readonly world: StageWorld) {
    this.#alarm = new Alarm(world);
  }

  get empty(): boolean {
    return this.#head === this.#items.length;
  }

  get length(): number {
    return this.#items.length - this.#head;
  }

  add(chunk: Uint8Array | null, due_ms: number): void {
    this.last_due_ms = Math.max(due_ms, this.last_due_ms);
    this.#items.push({ chunk, added_ms: this.world.now_ms(), due_ms: this.last_due_ms });
    this.held_bytes += chunk?.length ?? 0;
    if (!this.#alarm.is_set) this.#arm();
  }

  release(): void {
    this.#alarm.clear();
    this.#send(Infinity);
    this.last_due_ms = -Infinity;
    this.late_ms = 0;
  }

  /** The first item leaves at once, each further one the delay after it was added. */
  delayAnew(delayMs: () => number): void {
    const items = this.#items.slice(this.#head);
    this.stop();
    this.last_due_ms = -Infinity;
    items.forEach(({ chunk, added_ms }, n) => {
      const due_ms = n === 0 ? -Infinity : chunk === null ? this.last_due_ms : added_ms + delayMs();
      this.last_due_ms = Math.max(due_ms, this.last_due_ms);
      this.#items.push({ chunk, added_ms, due_ms: this.last_due_ms });
      this.held_bytes += chunk?.length ?? 0;
    });
    this.#send(this.world.now_ms());
    if (!this.#alarm.is_set) this.#arm();
  }

  stop(): void {
    this.#alarm.clear();
    this.#items = [];
    this.#head = 0;
    this.held_bytes = 0;
  }

  #arm(): void {
    if (this.empty) return;
    const { due_ms } = this.#items[this.#head];
    if (due_ms === Infinity) return;
    const delay_ms = Math.max(0, due_ms - this.world.now_ms());
    this.#alarm.set(delay_ms, () => {
      this.#send(this.world.now_ms());
      if (!this.#alarm.is_set) this.#arm();
    });
  }

  #send(until_ms: number): void {
    let sent = false;
    while (!this.empty && this.#items[this.#head].due_ms <= until_ms) {
      const { chunk, due_ms } = this.#items[this.#head++];
      this.late_ms = until_ms - due_ms;
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

/**
 * Random numbers that repeat with the seed in any order of connections: each `purpose` (proxy,
 * toxic, number of the connection) has its own stream, seeded by FNV-1a of seed and purpose.
 */
export function seededRandom(seed: number, purpose: string): () => number {
  let state = (2166136261 ^ Math.trunc(seed % 2 ** 32)) >>> 0;
  for (let i = 0; i < purpose.length; i++) {
    state = Math.imul(state ^ purpose.charCodeAt(i), 16777619) >>> 0;
  }
  return mulberry32(state);
}
