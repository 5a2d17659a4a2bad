/** V8's heap of each thread, in memory that any thread may read: V8 tells a thread only of its own. */

/** A thread's heap. */
export interface HeapFigures {
  /** Live objects, and garbage not yet collected. */
  readonly used_bytes: number;
  /** What V8 holds for them. */
  readonly size_bytes: number;
  /** Buffers outside of the heap that belong to its objects. */
  readonly external_bytes: number;
}

/** How often a thread looks, where nobody asks. */
const LOOK_EVERY_MS = 5_000;

/** One thread's heap as it last looked. */
export class HeapProbe implements HeapFigures {
  /** The memory behind: hand it to another thread and {@link attach} there. */
  readonly buffer: SharedArrayBuffer;
  readonly #cells: Float64Array;

  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#cells = new Float64Array(buffer);
  }

  static create(): HeapProbe {
    return new HeapProbe(new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT));
  }

  static attach(buffer: SharedArrayBuffer): HeapProbe {
    return new HeapProbe(buffer);
  }

  get used_bytes(): number {
    return this.#cells[0];
  }

  get size_bytes(): number {
    return this.#cells[1];
  }

  get external_bytes(): number {
    return this.#cells[2];
  }

  /** Looks now, on the thread it is about. */
  look(): void {
    const { heapUsed, heapTotal, external } = Deno.memoryUsage();
    this.#cells.set([heapUsed, heapTotal, external]);
  }

  /** Looks every few seconds; the function returned stops it. */
  run(): () => void {
    this.look();
    const timer = setInterval(() => this.look(), LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }
}
