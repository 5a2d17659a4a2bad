/**
 * The newest snapshot, and older snapshots still being sent.
 *
 * Memory of a snapshot is reused as soon as no response reads it:
 *
 *     takeBuffer ──▶ publish ──▶ current ──▶ older (while responses read it) ──▶ free
 */
import { joinBytes } from "../platform/mod.ts";
import type { CsvBuffer } from "./simulation.ts";

/** Longest body sent as one block; longer bodies are streamed. */
export const BODY_WHOLE_BYTES_MAX = 256 * 1024;

/** Size of a streamed block. */
const BODY_BLOCK_BYTES = 256 * 1024;

/**
 * Most older snapshots kept for slow clients. Beyond this limit, responses of the oldest snapshot
 * are aborted, so that slow clients cannot fill the memory.
 */
export const OLDER_SNAPSHOTS_MAX = 2;

/** One snapshot, immutable once published. */
export interface Snapshot {
  readonly id: string;
  /** When its values were taken, in epoch milliseconds. */
  readonly taken_at_ms: number;
  readonly buffer: CsvBuffer;
  /** Length of the CSV in `buffer.bytes`. */
  readonly body_bytes: number;
}

interface Held {
  snapshot: Snapshot;
  /** Responses in progress. */
  readers: Set<ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>>;
}

/** Holds the newest snapshot and recycles buffers. */
export class SnapshotStore {
  readonly #createBuffer: () => CsvBuffer;
  readonly #free: CsvBuffer[] = [];
  /** Older snapshots with readers, oldest first. */
  #older: Held[] = [];
  #current: Held | undefined;
  #published = 0;

  constructor(createBuffer: () => CsvBuffer) {
    this.#createBuffer = createBuffer;
  }

  /** The newest snapshot; exists before the server listens. */
  get current(): Snapshot {
    if (this.#current === undefined) {
      throw new Error("Cannot read a snapshot before the first tick");
    }
    return this.#current.snapshot;
  }

  get published(): number {
    return this.#published;
  }

  /** Memory for the next snapshot: publish it, or {@link giveBack} it. */
  takeBuffer(): CsvBuffer {
    return this.#free.pop() ?? this.#createBuffer();
  }

  /** Returns an unpublished buffer. */
  giveBack(buffer: CsvBuffer): void {
    this.#free.push(buffer);
  }

  publish(snapshot: Snapshot): void {
    this.#published++;
    const previous = this.#current;
    this.#current = { snapshot, readers: new Set() };
    if (previous === undefined) return;
    if (previous.readers.size === 0) return this.giveBack(previous.snapshot.buffer);
    this.#older.push(previous);
    if (this.#older.length > OLDER_SNAPSHOTS_MAX) this.#cutOff(this.#older[0]);
  }

  /** A response body: a copy of these ranges of the newest snapshot, one after the other. */
  body(ranges: readonly ByteRange[]): Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array> {
    const held = this.#current!;
    const { bytes } = held.snapshot.buffer;
    if (lengthOf(ranges) <= BODY_WHOLE_BYTES_MAX) {
      return joinBytes(ranges.map(({ from, to }) => bytes.subarray(from, to)));
    }
    const blocks = blocksOf(bytes, ranges);
    let reader: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>;
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        reader = controller;
        held.readers.add(reader);
      },
      pull: (controller) => {
        const block = blocks.next();
        if (!block.done) return controller.enqueue(block.value);
        controller.close();
        this.#release(held, reader);
      },
      cancel: () => this.#release(held, reader),
    }, { highWaterMark: 0 });
  }

  #release(held: Held, reader: ReadableStreamDefaultController): void {
    held.readers.delete(reader);
    if (held.readers.size === 0 && this.#older.includes(held)) this.#forget(held);
  }

  #cutOff(held: Held): void {
    const { id } = held.snapshot;
    for (const reader of held.readers) {
      reader.error(
        new Error(
          `Cannot continue to send snapshot ${id}: more than ${OLDER_SNAPSHOTS_MAX} older snapshots ` +
            `are being received: read faster, or raise DATA_INTERVAL_SEC`,
        ),
      );
    }
    held.readers.clear();
    this.#forget(held);
  }

  #forget(held: Held): void {
    this.#older = this.#older.filter((other) => other !== held);
    this.giveBack(held.snapshot.buffer);
  }
}

/** Bytes `from` … `to` − 1 of a snapshot. */
export interface ByteRange {
  from: number;
  to: number;
}

export function lengthOf(ranges: readonly ByteRange[]): number {
  return ranges.reduce((sum, { from, to }) => sum + to - from, 0);
}

function* blocksOf(
  bytes: Uint8Array<ArrayBuffer>,
  ranges: readonly ByteRange[],
): Generator<Uint8Array<ArrayBuffer>, undefined> {
  for (const { from, to } of ranges) {
    for (let at = from; at < to; at += BODY_BLOCK_BYTES) {
      yield bytes.slice(at, Math.min(at + BODY_BLOCK_BYTES, to));
    }
  }
}
