/** What a run needs beside its plan. */
import type { JournalWriter } from "../journal/mod.ts";
import type { Subject } from "../subject/mod.ts";
import type { EngineChoice, Engines } from "./engines.ts";

/** What a run needs beside its plan. */
export interface RunOptions {
  readonly run_id: string;
  readonly seed: number;
  readonly engines: Engines;
  readonly journal: JournalWriter;
  /** Monotonic milliseconds since the run's start, the clock of the journal. */
  now(): number;
  /** Epoch milliseconds at `now() === 0`. */
  readonly started_at_ms: number;
  /** Folder for what is needed while it runs. */
  readonly dir: string;
  readonly subject?: Subject;
  readonly engine?: EngineChoice;
  /** Told what the preflight does next, and when; no part of the journal. */
  readonly onStep?: (step: string, t_ms: number) => void;
  /** Given when somebody asks the run to end; its reason is told. */
  readonly interrupt?: AbortSignal;
}
