/** Appends records to a run's file. A failed write is always reported. */
import { redacting } from "../../platform/mod.ts";
import type { JournalEntry, JournalRecord } from "./records.ts";

/** Characters buffered before a write: a few hundred records. */
const JOURNAL_BUFFER_CHARS = 65_536;

/** Longest time a record waits in the buffer, in milliseconds. */
const JOURNAL_FLUSH_MS = 250;

/** Longest line, in characters. A longer one breaks the journal. */
const JOURNAL_LINE_CHARS_MAX = 262_144;

/** Records kept in memory for the judge. A run of ten minutes has about 100,000. */
const JOURNAL_RECORDS_MAX = 1_000_000;

/** Records of measured values, which the judge compares; all others have texts of programs. */
const MEASURED: readonly JournalRecord["kind"][] = [
  "probe",
  "load",
  "source",
  "stats",
  "process_sample",
];

/** The file. Writes are synchronous, so that lines keep their order even if the process ends. */
export interface JournalFile {
  writeSync(bytes: Uint8Array): number;
  close(): void;
}

interface JournalOutside {
  readonly file: JournalFile;
  /** Further texts to hide, such as the credentials of a subject file. */
  readonly secrets?: readonly string[];
  /** Monotonic milliseconds since the run's start. */
  now(): number;
  onBroken(detail: string): void;
  /** Called with every record, written or not. */
  onRecord?(record: JournalRecord): void;
}

/**
 * Collects the records of a run and writes them to its file.
 *
 * After a failed write the journal writes no more: a gap would be judged as if nothing had
 * happened. {@link broken} then holds the reason, and a trouble record prevents the verdict `held`.
 */
export class JournalWriter implements Disposable {
  /** All records so far, in order. */
  readonly records: JournalRecord[] = [];
  readonly #outside: JournalOutside;
  readonly #encoder = new TextEncoder();
  readonly #redacting: ReturnType<typeof redacting>;
  readonly #timer: ReturnType<typeof setInterval>;
  #buffer: string[] = [];
  #buffered_chars = 0;
  #broken: string | null = null;
  #closed = false;

  constructor(outside: JournalOutside) {
    this.#outside = outside;
    this.#redacting = redacting(outside.secrets);
    this.#timer = setInterval(() => this.flush(), JOURNAL_FLUSH_MS);
  }

  /** Why the journal stopped writing, or null. */
  get broken(): string | null {
    return this.#broken;
  }

  /** Adds a record with the current time, or with `t_ms`. Hides credentials in its texts. */
  add(entry: JournalEntry, t_ms: number = this.#outside.now()): void {
    if (this.#closed) return;
    const given = { t_ms: Math.round(t_ms * 1000) / 1000, ...entry } as JournalRecord;
    const has_text = !MEASURED.includes(entry.kind);
    const line = JSON.stringify(given, has_text ? this.#redacting : undefined);
    const record = has_text ? JSON.parse(line) as JournalRecord : given;
    if (line.length > JOURNAL_LINE_CHARS_MAX) {
      const most = `must have at most ${JOURNAL_LINE_CHARS_MAX}`;
      return this.#break(`a ${record.kind} record has ${line.length} characters, ${most}`);
    }
    if (this.records.length >= JOURNAL_RECORDS_MAX) {
      return this.#break(`more than ${JOURNAL_RECORDS_MAX} records`);
    }
    this.#keep(record);
    if (this.#broken !== null) return;
    this.#buffer.push(line);
    this.#buffered_chars += line.length;
    if (this.#buffered_chars >= JOURNAL_BUFFER_CHARS) this.flush();
  }

  flush(): void {
    if (this.#buffer.length === 0 || this.#broken !== null) return;
    const bytes = this.#encoder.encode(this.#buffer.join("\n") + "\n");
    this.#buffer = [];
    this.#buffered_chars = 0;
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
    this.#buffer = [];
    this.#keep({ t_ms: this.#outside.now(), kind: "trouble", what: "journal", detail });
    this.#outside.onBroken(detail);
  }
}

/** Opens a run's journal. Throws if the file exists: a run is never overwritten. */
export function openJournalFile(path: string): JournalFile {
  return Deno.openSync(path, { write: true, createNew: true });
}
