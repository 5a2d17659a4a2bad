/** How often each source has a new snapshot, learned from what is heard of it. */
import { Ring } from "./ring.js";

/** Intervals of a source that are remembered. */
export const INTERVALS_MAX = 8;

/** Intervals of every source. */
export class Intervals {
  /** @type {Map<string, { taken_ms: number, snapshot_id: string | null, seen: Ring }>} By URL. */
  #sources = new Map();

  /**
   * Looks at what /stats says of the sources.
   *
   * @param {readonly import("./model.js").Source[]} sources
   * @param {number} at_ms When it was said.
   */
  see(sources, at_ms) {
    for (const { url, age_ms, snapshot_id } of sources) {
      if (age_ms === null) continue;
      const taken_ms = at_ms - age_ms;
      const known = this.#sources.get(url);
      if (known === undefined) {
        this.#sources.set(url, { taken_ms, snapshot_id, seen: new Ring(INTERVALS_MAX) });
      } else if (known.snapshot_id !== snapshot_id && taken_ms > known.taken_ms) {
        known.seen.push(taken_ms - known.taken_ms);
        known.taken_ms = taken_ms;
        known.snapshot_id = snapshot_id;
      }
    }
  }

  /**
   * Interval of the slowest source; null while none is known. Of a source it is the median: an
   * outage counts as one interval, however long it was.
   *
   * @returns {number | null}
   */
  slowest() {
    const medians = [...this.#sources.values()].filter(({ seen }) => seen.length > 0)
      .map(({ seen }) => {
        const sorted = seen.values().sort();
        return sorted[(sorted.length - 1) >> 1];
      });
    return medians.length === 0 ? null : Math.max(...medians);
  }
}
