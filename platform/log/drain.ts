/** One step of the log worker: from the rings to stdout. Pure, with I/O and time passed in. */
import { LOG_DROPPED_INTERVAL_MS } from "./limits.ts";
import { LineEncoder } from "./line_encoder.ts";
import { lineText } from "./line_text.ts";
import { RingReader } from "./ring.ts";
import type { LogMemory } from "./shared_memory.ts";

const NEWLINE = 10;

/** Ends a torn line, so that the next one stands alone. */
const LINE_END = new Uint8Array([NEWLINE]);

interface DrainOptions {
  memory: LogMemory;
  service: string;
  endpoints: readonly string[];
  /** Writes as many bytes as it can and returns their number; never throws. */
  write(bytes: Uint8Array): number;
  epoch_ms(): number;
}

/** Moves lines from all rings to `write` and reports lost ones. */
export class Drain {
  readonly #options: DrainOptions;
  readonly #encoder: LineEncoder;
  readonly #readers: RingReader[] = [];
  /** Whether the last write failed, possibly inside a line. */
  #torn = false;
  #lines_reported = 0;
  #reported_ms = -Infinity;

  constructor(options: DrainOptions) {
    this.#options = options;
    this.#encoder = new LineEncoder(options.service, options.endpoints);
  }

  /** Whether all records are written and all lost lines reported. */
  isIdle(): boolean {
    return this.#unreported() === 0 && this.#allReaders().every((reader) => reader.isEmpty());
  }

  /**
   * Writes at most one batch per ring, so that no ring starves another.
   *
   * @returns Whether a ring still has records.
   */
  step(): boolean {
    const more = this.#writeBatches(this.#allReaders());
    this.reportDropped(LOG_DROPPED_INTERVAL_MS);
    return more;
  }

  /**
   * Writes the remaining records while `isWanted`. The ring of the thread that created the log
   * comes last, so that its `shutdown` line ends the log.
   */
  finish(isWanted: () => boolean): void {
    const [own, ...others] = this.#allReaders();
    while (isWanted() && this.#writeBatches(others));
    if (isWanted()) this.reportDropped(0);
    while (isWanted() && this.#writeBatches([own]));
  }

  #writeBatches(readers: readonly RingReader[]): boolean {
    let more = false;
    for (const reader of readers) {
      if (reader.isEmpty()) continue;
      if (reader.readInto(this.#encoder)) more = true;
      if (!this.#encoder.has_room) this.#flush();
    }
    this.#flush();
    return more;
  }

  /** Writes `log.dropped` for lost lines, at most once per `interval_ms`. */
  reportDropped(interval_ms: number): void {
    const now_ms = this.#options.epoch_ms();
    const lines = this.#unreported();
    // After the clock was set back the difference is negative; the report must still come.
    if (lines === 0 || Math.abs(now_ms - this.#reported_ms) < interval_ms) return;
    this.#reported_ms = now_ms;
    this.#encoder.text(now_ms, lineText("WARN", this.#options.service, "log.dropped", { lines }));
    const bytes = this.#encoder.take();
    if (this.#send(bytes) === bytes.length) this.#lines_reported += lines;
  }

  #flush(): void {
    if (this.#encoder.length === 0) return;
    const bytes = this.#encoder.take();
    const written = this.#send(bytes);
    if (written < bytes.length) this.#discard(bytes.subarray(written));
  }

  #discard(bytes: Uint8Array): void {
    let lines = 0;
    for (const byte of bytes) if (byte === NEWLINE) lines++;
    this.#options.memory.countDiscarded(lines);
  }

  #send(bytes: Uint8Array): number {
    if (this.#torn && this.#write(LINE_END) === 0) return 0;
    return this.#write(bytes);
  }

  #write(bytes: Uint8Array): number {
    const written = this.#options.write(bytes);
    this.#torn = written < bytes.length;
    return written;
  }

  #unreported(): number {
    return this.#options.memory.linesDropped() - this.#lines_reported;
  }

  #allReaders(): RingReader[] {
    const taken = this.#options.memory.ringsTaken();
    while (this.#readers.length < taken) {
      this.#readers.push(new RingReader(this.#options.memory, this.#readers.length));
    }
    return this.#readers;
  }
}
