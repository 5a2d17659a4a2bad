/** Whether a snapshot's items are prepared with it, or only when somebody asks. Pure. */

/** Items up to this size are prepared with every snapshot: it costs about 3 ms. */
export const ITEMS_EAGER_BYTES_MAX = 1024 * 1024;

/** Snapshots for which a wish for longer items holds. */
export const ITEMS_WANTED_SNAPSHOTS = 8;

/** Demand for one source's items. */
export class ItemsDemand {
  #wanted = 0;

  /** Somebody asked for items. */
  ask(): void {
    this.#wanted = ITEMS_WANTED_SNAPSHOTS;
  }

  /** Whether to prepare a new snapshot's items now. Counts the snapshot. */
  take(estimated_bytes: number): boolean {
    const wanted = this.#wanted > 0;
    if (wanted) this.#wanted--;
    return wanted || estimated_bytes <= ITEMS_EAGER_BYTES_MAX;
  }
}
