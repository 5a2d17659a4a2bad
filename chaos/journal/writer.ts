/** Appends records to a run's file; what cannot be written is told, never lost in silence. */
import type { JournalEntry, JournalRecord } from "./records.ts";

/** Characters held back before they are written: a write every few hundred records. */
export const JOURNAL_BUFFER_CHARS = 65_536;

/** Longest a record waits to be written, in milliseconds. */
export const JOURNAL_FLUSH_MS = 250;

/** Longest line, in characters; a longer one is cut where it can be, else refused. */
export const JOURNAL_LINE_CHARS_MAX = 262_144;

/** Records kept in memory for the judge: a run of ten minutes has about 100,000. */
export const JOURNAL_RECORDS_MAX = 1_000_000;

/** Where lines go; a synchronous write keeps the order also where the process ends. */
export interface JournalFile {
  writeSync(bytes: Uint8Array): number;
  close(): void;
}

/** What a journal needs from outside. */
export interface JournalOutside {
  readonly file: JournalFile;
  /** Monotonic milliseconds since the run's start. */
  now(): number;
  /** Told once, when the file takes no more: on stderr in a run. */
  onBroken(detail: string): void;
  /** Sees every record, written or not. */
  onRecord?(record: JournalRecord): void;
}

/**
 * ```ts
 * using journal = new JournalWriter({ file, now, onBroken: console.error });
 * journal.add({ kind: "phase", phase: "baseline" });
 * ```
 *
 * Once a write fails nothing more is written: a journal with a hole would be judged as if nothing
 * had happened there. {@link broken} then says why, and {@link records} ends with a trouble record,
 * so that the verdict cannot be `held`.
 */
export class JournalWriter implements Disposable {
  /** Everything added so far, in order. */
  readonly records: JournalRecord[] = [];
  readonly #outside: JournalOutside;
  readonly #encoder = new TextEncoder();
  readonly #timer: ReturnType<typeof setInterval>;
  #held: string[] = [];
  #held_chars = 0;
  #broken: string | null = null;
  #closed = false;

  constructor(outside: JournalOutside) {
    this.#outside = outside;
    this.#timer = setInterval(() => this.flush(), JOURNAL_FLUSH_MS);
  }

  /** Why nothing is written any more, or null. */
  get broken(): string | null {
    return this.#broken;
  }

  /** Adds a record with this moment, or with `t_ms` where it became known earlier. */
  add(entry: JournalEntry, t_ms: number = this.#outside.now()): void {
    if (this.#closed) return;
    const record = { t_ms: Math.round(t_ms * 1000) / 1000, ...entry } as JournalRecord;
    const line = JSON.stringify(record);
    if (line.length > JOURNAL_LINE_CHARS_MAX) {
      return this.#break(
        `a ${record.kind} record of ${line.length} characters is longer than ${JOURNAL_LINE_CHARS_MAX}`,
      );
    }
    if (this.records.length >= JOURNAL_RECORDS_MAX) {
      return this.#break(`more than ${JOURNAL_RECORDS_MAX} records`);
    }
    this.#keep(record);
    if (this.#broken !== null) return;
    this.#held.push(line);
    this.#held_chars += line.length;
    if (this.#held_chars >= JOURNAL_BUFFER_CHARS) this.flush();
  }

  /** Writes what is held back. */
  flush(): void {
    if (this.#held.length === 0 || this.#broken !== null) return;
    const bytes = this.#encoder.encode(this.#held.join("\n") + "\n");
    this.#held = [];
    this.#held_chars = 0;
    try {
      let written = 0;
      while (written < bytes.length) {
        written += this.#outside.file.writeSync(bytes.subarray(written));
      }
    } catch (error) {
      this.#break(error instanceof Error ? error.message : String(error));
    }
  }

  [Symbol.dispose](): void {
    if (this.#closed) return;
    this.flush();
    this.#closed = true;
    clearInterval(this.#timer);
    this.#outside.file.close();
  }

  #keep(record: JournalRecord): void {
    this.records.push(record);
    this.#outside.onRecord?.(record);
  }

  #break(why: string): void {
    if (this.#broken !== null) return;
    const detail = `Cannot write the journal: ${why}`;
    this.#broken = detail;
    this.#held = [];
    this.#keep({ t_ms: this.#outside.now(), kind: "trouble", what: "journal", detail });
    this.#outside.onBroken(detail);
  }
}

/** Opens a run's journal. Fails where the file is there already: a run is never written over. */
export function openJournalFile(path: string): JournalFile {
  return Deno.openSync(path, { write: true, createNew: true });
}
