/** The faults that are on, their hits, and their expiry. */
import type { Fault, Random } from "../vocabulary/mod.ts";
import { type Effect, effectOf } from "./effects.ts";

const FAULTS_MAX = 32;
/** Most fault ids with hits. */
const FAULT_IDS_MAX = 1_000;

export interface ActiveFault {
  readonly id: string;
  readonly fault: Fault;
  readonly effect: Effect;
  /** Aborts when the fault is lifted, which ends its delays at once. */
  readonly lifted: AbortSignal;
  /** Monotonic milliseconds; null for a fault without expiry. */
  readonly expires_ms: number | null;
}

interface FaultEnvironment {
  now(): number;
  /** Runs `work` later; returns a function that cancels it. */
  after(delay_ms: number, work: () => void): () => void;
  randomOf(id: string): Random;
}

interface Entry extends ActiveFault {
  readonly controller: AbortController;
  readonly cancelExpiry: () => void;
}

/** The proxy refuses a fault because of a limit. */
export class TooManyFaults extends Error {
  override name = "TooManyFaults";
}

/** Faults in the order they were put on. */
export class ActiveFaults {
  readonly #environment: FaultEnvironment;
  readonly #entries = new Map<string, Entry>();
  readonly #hits = new Map<string, number>();
  readonly #fallen: string[] = [];

  constructor(environment: FaultEnvironment) {
    this.#environment = environment;
  }

  /** A copy: later changes do not show in it. */
  list(): readonly ActiveFault[] {
    return [...this.#entries.values()];
  }

  /** Answers that each fault touched, lifted faults included. */
  hits(): Record<string, number> {
    return Object.fromEntries(this.#hits);
  }

  /** Ids of the faults that expired before they were lifted. */
  fallen(): readonly string[] {
    return this.#fallen;
  }

  hit(id: string): void {
    this.#hits.set(id, (this.#hits.get(id) ?? 0) + 1);
  }

  /** Puts a fault on; it replaces the fault of the same id. */
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
      effect: effectOf(fault, this.#environment.randomOf(id)),
      lifted: controller.signal,
      expires_ms: ttl_ms === null ? null : this.#environment.now() + ttl_ms,
      controller,
      cancelExpiry: ttl_ms === null
        ? () => {}
        : this.#environment.after(ttl_ms, () => this.lift(id) && this.#fallen.push(id)),
    });
  }

  /** Lifts a fault; returns whether it was on. */
  lift(id: string): boolean {
    const entry = this.#entries.get(id);
    if (entry === undefined) return false;
    this.#entries.delete(id);
    entry.cancelExpiry();
    entry.controller.abort();
    return true;
  }

  reset(): void {
    for (const id of [...this.#entries.keys()]) this.lift(id);
  }
}
