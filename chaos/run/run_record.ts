/** Options of a run, the first record of its journal, and the entries that wait for it. */
import type { EngineChoice } from "../../tools/toxiproxy/mod.ts";
import { describeMachine, machineLine } from "../../tools/verdict/mod.ts";
import {
  type JournalEntry,
  type JournalWriter,
  NOT_STARTED,
  type RunRecord,
} from "../journal/mod.ts";
import { METRICS_SERVER, type Subject } from "../subject/mod.ts";
import type { ScenarioPlan } from "../vocabulary/mod.ts";
import type { Engines, Lab } from "./lab.ts";
import type { LoadTarget } from "./load/load_answers.ts";
import { loadEngine } from "./load/load_process.ts";

/** What a run needs besides its plan. */
export interface RunOptions {
  readonly run_id: string;
  readonly seed: number;
  readonly engines: Engines;
  readonly journal: JournalWriter;
  /** Monotonic milliseconds since the run's start, the journal's clock. */
  now(): number;
  /** Epoch milliseconds at `now() === 0`. */
  readonly started_at_ms: number;
  readonly dir: string;
  readonly subject?: Subject;
  readonly engine?: EngineChoice;
  /** Called before each step of the preflight. */
  readonly onStep?: (step: string, t_ms: number) => void;
  /** Ends the run early; the journal records its reason. */
  readonly interrupt?: AbortSignal;
}

/** @param lab Null if the lab did not start, as is `target` if the source did not. */
export async function runRecord(
  plan: ScenarioPlan,
  run: RunOptions,
  lab: Lab | null,
  target: LoadTarget | null,
): Promise<Omit<RunRecord, "t_ms">> {
  const subject = lab?.subject ?? run.subject ?? METRICS_SERVER;
  return {
    kind: "run",
    format: 1,
    run_id: run.run_id,
    started_at: new Date(run.started_at_ms).toISOString(),
    plan,
    seed: run.seed,
    engines: { tcp: lab?.tcp_engine ?? NOT_STARTED, load: (await loadEngine()).name },
    machine: machineLine(describeMachine()),
    subject: subject.name,
    load_cells: target?.cells.map(({ switch_id, metric }) => `${switch_id} ${metric}`),
    tells: { value: subject.value !== null, list_age: (subject.list?.age ?? null) !== null },
  };
}

const HELD_ENTRIES_MAX = 10_000;

/** Holds entries back until {@link HeldJournal.open} writes the run record before them. */
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

  /** Writes the run record, at time 0, and the held entries; does nothing the second time. */
  open(run: Extract<JournalEntry, { kind: "run" }>): void {
    if (this.#held === null) return;
    this.#journal.add(run, 0);
    for (const { entry, t_ms } of this.#held) this.#journal.add(entry, t_ms);
    this.#held = null;
  }
}
