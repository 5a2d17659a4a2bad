/** First record of a run's journal. */
import { describeMachine, machineLine } from "../../tools/verdict/mod.ts";
import {
  type JournalEntry,
  type JournalWriter,
  NOT_STARTED,
  type RunRecord,
} from "../journal/mod.ts";
import { METRICS_SERVER } from "../subject/mod.ts";
import type { ScenarioPlan } from "../vocabulary/mod.ts";
import type { Lab } from "./lab.ts";
import { loadEngine } from "./load/load_process.ts";
import type { RunOptions } from "./run_options.ts";

/** @param lab null where none was started. */
export async function runRecord(
  plan: ScenarioPlan,
  { run_id, started_at_ms, seed, subject }: RunOptions,
  lab: Lab | null,
): Promise<Omit<RunRecord, "t_ms">> {
  const used = lab?.subject ?? subject ?? METRICS_SERVER;
  return {
    kind: "run",
    format: 1,
    run_id,
    started_at: new Date(started_at_ms).toISOString(),
    plan,
    seed,
    engines: { tcp: lab?.tcp_engine ?? NOT_STARTED, load: (await loadEngine()).name },
    machine: machineLine(describeMachine()),
    subject: used.name,
    tells: { value: used.value !== null },
  };
}

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
