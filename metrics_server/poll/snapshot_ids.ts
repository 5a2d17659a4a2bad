/** Ids of snapshots. */
import { type Shard, shardedId } from "../../contracts/mod.ts";
import { withoutCodings } from "../../platform/mod.ts";

/** Ids remembered: 100 s of them at one snapshot every 100 ms. */
const IDS_REMEMBERED_MAX = 1024;

/** Next id for a snapshot without a usable ETag: `<boot>-<n>`, n counting up. */
export type NextId = () => string;

/**
 * Ids of one source's snapshots: each ETag names the first snapshot that came with it. Other data
 * under the same ETag, or under the same with a proxy's mark (`-gzip`), gets an id of our own, else
 * a client with the first answer would get a false 304. For the same reason ids name the shard.
 *
 * ```ts
 * const ids = new SnapshotIds(() => "boot-1");
 * ids.take("a"); // "a"
 * ids.take("a"); // "boot-1"
 * ```
 */
export class SnapshotIds {
  readonly #taken = new Set<string>();

  constructor(readonly nextId: NextId, readonly shard?: Shard) {}

  /** Id for a new snapshot. `etag_id` is null if the source sent no ETag. */
  take(etag_id: string | null): string {
    if (etag_id === null) return this.#ownId();
    const id = this.shard === undefined ? etag_id : shardedId(withoutCodings(etag_id), this.shard);
    if (this.#taken.has(withoutCodings(id))) return this.#ownId();
    this.keep(id);
    return id;
  }

  #ownId(): string {
    const id = this.nextId();
    return this.shard === undefined ? id : shardedId(id, this.shard);
  }

  /** Reserves an id: no other snapshot gets it. */
  keep(id: string): void {
    this.#taken.add(withoutCodings(id));
    if (this.#taken.size > IDS_REMEMBERED_MAX) {
      const [oldest] = this.#taken;
      this.#taken.delete(oldest);
    }
  }
}
