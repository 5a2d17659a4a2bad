/**
 * Counts the leases that a process holds, so that leaders spread over the replicas: a process with
 * more than its share of the sources gives one up, and takes free leases later than the others.
 */

/** Longest random delay before a free lease is taken; each lease held adds as much. */
const TAKE_MS = 25;

export class Leaderships {
  #held = 0;

  constructor(readonly sources: number, readonly random: () => number) {}

  took(): void {
    this.#held++;
  }

  lost(): void {
    this.#held--;
  }

  /** Whether it leads more than its share of the sources. */
  exceedShare(replicas: number): boolean {
    return this.#held > Math.ceil(this.sources / Math.max(1, replicas));
  }

  /** Delay before this process tries to take a free lease. */
  takeDelay(): number {
    return TAKE_MS * (this.#held + this.random());
  }
}
