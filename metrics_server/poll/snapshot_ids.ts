/** Ids of the snapshots of one source: its ETags, as far as they can be trusted. Pure. */

/** Ids remembered; at one poll every 100 ms they last for more than a minute and a half. */
export const IDS_REMEMBERED_MAX = 1024;

/** Names snapshots of a source that does not: `<boot>-<n>`, n counting up. */
export type NextId = () => string;

/**
 * An ETag met again over other data is no id: a client that holds the first one's answer would get
 * a false 304. So each ETag names one snapshot; what comes later under it gets an id of our own.
 *
 * ```ts
 * const ids = new SnapshotIds(() => "boot-1");
 * ids.take("a"); // "a"
 * ids.take("a"); // "boot-1"
 * ```
 */
export class SnapshotIds {
  readonly #taken = new Set<string>();

  constructor(readonly nextId: NextId) {}

  /** Id for a new snapshot with this ETag, null where it has none. */
  take(etag_id: string | null): string {
    if (etag_id === null || this.#taken.has(etag_id)) return this.nextId();
    this.#taken.add(etag_id);
    if (this.#taken.size > IDS_REMEMBERED_MAX) {
      const [oldest] = this.#taken;
      this.#taken.delete(oldest);
    }
    return etag_id;
  }
}
