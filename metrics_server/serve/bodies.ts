/** Response bodies: gzip, and long bodies sent in chunks. */
import { acceptsEncodings } from "@std/http/negotiation";
import { AnswerCut } from "../../platform/mod.ts";
import { NEVER_DELIVERED } from "../store.ts";

/** Shorter bodies are sent as they are: their gzip would hardly be shorter. */
export const GZIP_BYTES_MIN = 1024;

/** Whether `Accept-Encoding` would rather have gzip. */
export function wantsGzip({ headers }: Pick<Request, "headers">): boolean {
  // Most requests do not say; reading one header costs less than asking what its absence means.
  if (headers.get("accept-encoding") === null) return false;
  return acceptsEncodings({ headers }, "gzip", "identity") === "gzip";
}

/** Marks an answer as gzip. */
export function markGzip(headers: Headers): void {
  headers.set("content-encoding", "gzip");
}

/** A stream's bytes as gzip. */
export function gzipStream(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return stream.pipeThrough(new CompressionStream("gzip"));
}

/** A short body as gzip. */
export function gzipBytes(body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Response(gzipStream(ReadableStream.from([body]))).bytes();
}

/** Long answers under way at a time; each may keep a replaced snapshot's list in memory. */
export const LONG_BODIES_MAX = 16;

/** Longest time one takes; a reader slower than that is cut off. */
export const LONG_BODY_MS_MAX = 60_000;

/** Replaced snapshots of each source that readers may keep; those of an older one are cut off. */
export const OLDER_SNAPSHOTS_MAX = 2;

/** Resolves when the event loop has had its turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** One answer under way. */
interface Open {
  /** Number of the hand-over that brought each source's snapshot, by the source's index. */
  readonly hand_overs: readonly number[];
  cut(reason: string): void;
}

/** Hands out streams as long as there are fewer than {@link LONG_BODIES_MAX}. */
export class LongBodies {
  readonly #open = new Set<Open>();

  /** @param onCut Told of each answer that is cut off. */
  constructor(readonly onCut: () => void = () => {}) {}

  /** Whether one more may start. */
  get full(): boolean {
    return this.#open.size >= LONG_BODIES_MAX;
  }

  /**
   * A stream of the chunks; pulls one at a time, as the reader takes them. `release` is called once,
   * when no chunk will be read any more. `hand_overs` are those of the store the chunks are
   * from: readers that are more than {@link OLDER_SNAPSHOTS_MAX} snapshots of a source behind are cut
   * off.
   *
   * @param giveWay Awaited before each chunk: where a chunk is work, others get their turn. A stream
   *     alone does not let them, as long as its reader takes each chunk at once.
   */
  stream(
    chunks: Iterator<Uint8Array<ArrayBuffer>>,
    hand_overs: readonly number[],
    release: () => void,
    giveWay: (() => Promise<void>) | null = null,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    this.#cutOlder(hand_overs);
    const { onCut } = this;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let open: Open;
    const end = () => {
      if (!this.#open.delete(open)) return;
      clearTimeout(timer);
      release();
    };
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      start: (controller) => {
        open = {
          hand_overs,
          cut(reason) {
            end();
            onCut();
            controller.error(new AnswerCut(reason));
          },
        };
        this.#open.add(open);
        const reason = `reader took longer than ${LONG_BODY_MS_MAX} ms`;
        timer = setTimeout(() => open.cut(reason), LONG_BODY_MS_MAX);
      },
      pull: async (controller) => {
        if (giveWay !== null) {
          await giveWay();
          if (!this.#open.has(open)) return;
        }
        const { done, value } = chunks.next();
        if (done) {
          end();
          controller.close();
        } else controller.enqueue(value);
      },
      cancel: end,
    }, { highWaterMark: 0 });
  }

  #cutOlder(newest: readonly number[]): void {
    for (const [source, hand_over] of newest.entries()) {
      const kept = new Set([...this.#open].map(({ hand_overs }) => hand_overs[source]));
      kept.delete(hand_over);
      kept.delete(NEVER_DELIVERED);
      const too_old = [...kept].sort((a, b) => b - a).slice(OLDER_SNAPSHOTS_MAX);
      for (const open of [...this.#open]) {
        if (too_old.includes(open.hand_overs[source])) {
          open.cut(`reader is more than ${OLDER_SNAPSHOTS_MAX} snapshots behind`);
        }
      }
    }
  }
}
