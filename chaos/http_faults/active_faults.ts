/** The faults that are on, how often each touched an answer, and when it falls off by itself. */
import type { Fault, Random } from "../vocabulary/mod.ts";
import { type Effect, effectOf } from "./effects.ts";

/** Faults that may be on at once. */
export const FAULTS_MAX = 32;
/** Fault ids whose hits are kept. */
export const FAULT_IDS_MAX = 1_000;

/** A fault that is on. */
export interface ActiveFault {
  readonly id: string;
  readonly fault: Fault;
  readonly effect: Effect;
  /** Aborts when the fault is lifted: what waits or drips because of it goes on at once. */
  readonly lifted: AbortSignal;
  /** Monotonic milliseconds; null where it stays until it is lifted. */
  readonly expires_ms: number | null;
}

/** Time, timers and randomness. */
export interface FaultWorld {
  now(): number;
  /** Runs `work` later; gives what takes that back. */
  after(delay_ms: number, work: () => void): () => void;
  randomOf(id: string): Random;
}

interface Entry extends ActiveFault {
  readonly controller: AbortController;
  readonly cancelExpiry: () => void;
}

/** Refusal of a fault that could be checked only here. */
export class TooManyFaults extends Error {
  override name = "TooManyFaults";
}

/** In the order they were put on. */
export class ActiveFaults {
  readonly #world: FaultWorld;
  readonly #entries = new Map<string, Entry>();
  readonly #hits = new Map<string, number>();
  readonly #fallen: string[] = [];

  constructor(world: FaultWorld) {
    this.#world = world;
  }

  /** Those that are on; the array does not change when faults come and go. */
  list(): readonly ActiveFault[] {
    return [...this.#entries.values()];
  }

  /** How often each fault touched an answer, those lifted included. */
  hits(): Record<string, number> {
    return Object.fromEntries(this.#hits);
  }

  /** Ids of those that fell off since nobody lifted them in time. */
  fallen(): readonly string[] {
    return this.#fallen;
  }

  hit(id: string): void {
    this.#hits.set(id, (this.#hits.get(id) ?? 0) + 1);
  }

  /** Puts a fault on, in place of one with that id. */
  put(id: string, fault: Fault, ttl_ms: number | null): void {
    const is_new = !this.#entries.has(id);
    if (is_new && this.#entries.size >= FAULTS_MAX) {
      throw new TooManyFaults(`${this.#entries.size} faults are on: at most ${FAULTS_MAX}`);
    }
    if (!this.#hits.has(id) && this.#hits.size >= FAULT_IDS_MAX) {
      throw new TooManyFaults(`${this.#hits.size} fault ids so far: at most ${FAULT_IDS_MAX}`);
    }
    this.lift(id);
    this.#hits.set(id, this.#hits.get(id) ?? 0);
    const controller = new AbortController();
    this.#entries.set(id, {
      id,
      fault,
      effect: effectOf(fault, this.#world.randomOf(id)),
      lifted: controller.signal,
      expires_ms: ttl_ms === null ? null : this.#world.now() + ttl_ms,
      controller,
      cancelExpiry: ttl_ms === null
        ? () => {}
        : this.#world.after(ttl_ms, () => this.lift(id) && this.#fallen.push(id)),
    });
  }

  /** Takes a fault off; gives whether it was on. */
  lift(id: string): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    this.#entries.delete(id);
    entry.cancelExpiry();
    entry.controller.abort();
    return true;
  }

  /** Takes all off. */
  reset(): void {
    for (const id of [...this.#entries.keys()]) this.lift(id);
  }
}
