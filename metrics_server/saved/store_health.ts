/** Whether the snapshot store works, as `/stats` and the log report it. */
import type { StoreStats } from "../../contracts/mod.ts";

/** What is done with a store; each is reported on its own. */
export type StoreAction = "load" | "save" | "lease";

interface HealthOptions {
  readonly kind: StoreStats["kind"];
  epoch_ms(): number;
  /** Called when the store begins to fail, and when everything works again. */
  report(
    event: "store.error" | "store.recovered",
    fields: { source: string; detail?: string },
  ): void;
  onChange(stats: StoreStats): void;
}

/** Failures of a store's actions. It works if the last attempt of every action succeeded. */
export class StoreHealth {
  #stats: StoreStats;
  readonly #failing = new Set<string>();

  constructor(readonly options: HealthOptions) {
    const { kind } = options;
    this.#stats = { kind, working: true, last_error: null, last_saved: null };
    options.onChange(this.#stats);
  }

  get stats(): StoreStats {
    return this.#stats;
  }

  failed(source: string, action: StoreAction, error: unknown): void {
    const detail = `${action}: ${(error as Error).message}`;
    const worked = this.#failing.size === 0;
    this.#failing.add(`${action} ${source}`);
    this.#change({ working: false, last_error: detail });
    if (worked) this.options.report("store.error", { source, detail });
  }

  works(source: string, action: StoreAction): void {
    if (!this.#failing.delete(`${action} ${source}`) || this.#failing.size > 0) return;
    this.#change({ working: true });
    this.options.report("store.recovered", { source });
  }

  saved(source: string): void {
    this.works(source, "save");
    this.#change({ last_saved: new Date(this.options.epoch_ms()).toISOString() });
  }

  #change(change: Partial<StoreStats>): void {
    this.#stats = { ...this.#stats, ...change };
    this.options.onChange(this.#stats);
  }
}
