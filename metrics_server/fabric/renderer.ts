/**
 * Renders `/metrics/fabric` and compresses it, one body at a time, away from the serving threads.
 *
 *     request ──▶ kept for these snapshots? ──▶ text in chunks ──▶ gzip ──▶ body, kept
 *                                                    ▲
 *     new snapshot ── SETTLE_MS ──▶ requested lately? ┘
 */
import { joinBytes } from "../../platform/mod.ts";
import { viewOf } from "../serve/mod.ts";
import type { Store } from "../store.ts";
import { expositionOf } from "./exposition.ts";
import { type FabricSelection, type FabricSettings, freshOf } from "./selection.ts";

/** Most selections whose last body is kept and rendered ahead; the one requested last stays. */
export const FABRIC_BODIES_MAX = 4;

/** Most bodies of a selection rendered ahead in a row without a request. */
export const AHEAD_BODIES_MAX = 8;

/** Time from a new snapshot to rendering ahead: other sources may deliver, too. */
const SETTLE_MS = 200;

/** Level 2 takes a third of the time of the default level for a tenth more bytes. */
const GZIP_LEVEL = 2;

/** A rendered body. Structured-cloneable. */
export interface FabricBody {
  readonly gzip: Uint8Array<ArrayBuffer>;
  /** Ids of the sources that are not older than MAX_STALE_MS; empty without one. */
  readonly snapshot_id: string;
  /** Time of the oldest of them. */
  readonly taken_ms: number;
}

/** A selection's last body. */
interface Kept {
  readonly selection: FabricSelection;
  readonly version: number;
  /** After this time a row in it is older than MAX_STALE_MS. */
  readonly valid_until_ms: number;
  readonly body: FabricBody;
  /** Bodies rendered ahead since the last request. */
  readonly ahead: number;
}

/** Clock and timers. */
interface RendererWorld {
  now(): number;
  later(delay_ms: number, run: () => void): void;
}

export class FabricRenderer {
  readonly #kept = new Map<string, Kept>();
  #last: Promise<unknown> = Promise.resolve();
  #is_scheduled = false;

  constructor(
    readonly store: Store,
    readonly settings: FabricSettings,
    readonly world: RendererWorld,
  ) {}

  /** The body, after those requested earlier. */
  render(selection: FabricSelection): Promise<FabricBody> {
    return this.#inTurn(async () => {
      const key = JSON.stringify(selection);
      const kept = this.#kept.get(key);
      const body = kept !== undefined && this.#isValid(kept) ? kept : await this.#render(selection);
      this.#keep(key, { ...body, ahead: 0 });
      return body.body;
    });
  }

  /** Renders the bodies requested lately again, because the store has changed. */
  changed(): void {
    if (this.#is_scheduled) return;
    this.#is_scheduled = true;
    this.world.later(SETTLE_MS, () => {
      this.#is_scheduled = false;
      for (const key of this.#kept.keys()) this.#inTurn(() => this.#renderAhead(key));
    });
  }

  async #renderAhead(key: string): Promise<void> {
    const kept = this.#kept.get(key);
    if (kept === undefined || kept.ahead >= AHEAD_BODIES_MAX || this.#isValid(kept)) return;
    const body = await this.#render(kept.selection);
    this.#kept.set(key, { ...body, ahead: kept.ahead + 1 });
  }

  #inTurn<Result>(run: () => Promise<Result>): Promise<Result> {
    const result = this.#last.then(run);
    this.#last = result.catch(() => {});
    return result;
  }

  #isValid({ version, valid_until_ms }: Kept): boolean {
    return version === this.store.version && this.world.now() <= valid_until_ms;
  }

  #keep(key: string, kept: Kept): void {
    this.#kept.delete(key);
    this.#kept.set(key, kept);
    if (this.#kept.size <= FABRIC_BODIES_MAX) return;
    const [least_recent] = this.#kept.keys();
    this.#kept.delete(least_recent);
  }

  async #render(selection: FabricSelection): Promise<Omit<Kept, "ahead">> {
    const { store, settings } = this;
    const { version } = store;
    const release = store.lease();
    try {
      const delivered = store.delivered();
      const now_ms = this.world.now();
      const fresh = freshOf(delivered, settings.max_stale_ms, now_ms);
      const { id: snapshot_id, taken_ms } = viewOf(fresh, []);
      const snapshots = delivered.map(({ snapshot }) => snapshot!);
      const text = expositionOf(snapshots, selection, settings, now_ms);
      const { gzip, result: oldest_ms } = await compress(text);
      const valid_until_ms = oldest_ms + settings.max_stale_ms;
      return { selection, version, valid_until_ms, body: { gzip, snapshot_id, taken_ms } };
    } finally {
      release();
    }
  }
}

/** All chunks as gzip, each before the next one is made, and what the generator returns. */
async function compress<Result>(
  chunks: Generator<Uint8Array<ArrayBuffer>, Result>,
): Promise<{ gzip: Uint8Array<ArrayBuffer>; result: Result }> {
  // Loaded by the first scrape: loading takes 20 ms.
  // deno-lint-ignore no-process-global
  const { createGzip } = process.getBuiltinModule("node:zlib");
  const engine = createGzip({ level: GZIP_LEVEL });
  const parts: Uint8Array<ArrayBuffer>[] = [];
  const end = Promise.withResolvers<void>();
  engine.on("data", (part: Uint8Array<ArrayBuffer>) => parts.push(part));
  engine.on("end", end.resolve);
  engine.on("error", end.reject);
  let next = chunks.next();
  for (; !next.done; next = chunks.next()) {
    const chunk = next.value;
    await new Promise((resolve) => engine.write(chunk, resolve));
  }
  engine.end();
  await end.promise;
  return { gzip: joinBytes(parts), result: next.value };
}
