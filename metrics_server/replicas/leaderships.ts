/**
 * How many of its sources a process leads. A process that leads more than its share gives leases
 * up, and takes free ones later than others do, so that leaders spread over the replicas.
 */

/** Longest random delay before a free lease is taken, and more for each one that is held. */
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
