/** Holds entries back until the run record, which comes first but is known late. */
import type { JournalEntry, JournalWriter } from "../journal/mod.ts";

/** Entries that may be held back: those of a start that takes its full time. */
export const HELD_ENTRIES_MAX = 10_000;

/** Entries go to {@link add}; {@link open} writes the run record and then what was held back. */
export class HeldJournal {
  readonly #journal: JournalWriter;
  readonly #now: () => number;
  #held: { entry: JournalEntry; t_ms: number }[] | null = [];

  /** @param now Monotonic milliseconds since the run's start. */
  constructor(journal: JournalWriter, now: () => number) {
    this.#journal = journal;
    this.#now = now;
  }

  readonly add = (entry: JournalEntry, t_ms: number = this.#now()): void => {
    if (this.#held === null) return this.#journal.add(entry, t_ms);
    if (this.#held.length < HELD_ENTRIES_MAX) this.#held.push({ entry, t_ms });
  };

  /** Writes the run record, at time 0. Does nothing where that is done. */
  open(run: Extract<JournalEntry, { kind: "run" }>): void {
    if (this.#held === null) return;
    this.#journal.add(run, 0);
    for (const { entry, t_ms } of this.#held) this.#journal.add(entry, t_ms);
    this.#held = null;
  }
}
