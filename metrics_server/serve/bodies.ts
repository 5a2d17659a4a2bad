/** Response bodies: gzip, and long bodies sent in chunks. */
import { acceptsEncodings, AnswerCut } from "../../platform/mod.ts";
import { NEVER_DELIVERED } from "../store.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Shortest body that is compressed. */
export const GZIP_BYTES_MIN = 1024;

/** Whether `Accept-Encoding` prefers gzip. */
export function wantsGzip({ headers }: Pick<Request, "headers">): boolean {
  // Most requests have no such header; this check is faster than negotiation.
  if (headers.get("accept-encoding") === null) return false;
  return acceptsEncodings({ headers }, "gzip", "identity") === "gzip";
}

export function markGzip(headers: Headers): void {
  headers.set("content-encoding", "gzip");
}

/** A stream's bytes as gzip. */
export function gzipStream(
  stream: ReadableStream<Bytes>,
): ReadableStream<Bytes> {
  return stream.pipeThrough(new CompressionStream("gzip"));
}

/** A short body as gzip. */
export function gzipBytes(body: Bytes): Promise<Bytes> {
  return new Response(gzipStream(ReadableStream.from([body]))).bytes();
}

/** How a long body ended: its bytes were all handed over, or its reader left or was cut. */
export interface Transfer {
  readonly is_complete: boolean;
  /** Bytes handed over to the connection. */
  readonly bytes: number;
}

const transfers = new WeakMap<Response, Promise<Transfer>>();

/** A response whose body takes a while; {@link transferOf} resolves when it has ended. */
export function longResponse(body: ReadableStream<Bytes>, headers: Headers): Response {
  const { promise, resolve } = Promise.withResolvers<Transfer>();
  const response = new Response(watched(body, resolve), { headers });
  transfers.set(response, promise);
  return response;
}

/** The transfer of a {@link longResponse}'s body; undefined for any other response. */
export function transferOf(response: Response): Promise<Transfer> | undefined {
  return transfers.get(response);
}

/** The same bytes. A chunk is handed over when the connection requests the next one. */
function watched(
  body: ReadableStream<Bytes>,
  onEnd: (transfer: Transfer) => void,
): ReadableStream<Bytes> {
  const reader = body.getReader();
  let bytes = 0;
  return new ReadableStream<Bytes>({
    start(controller) {
      reader.closed.catch((error) => {
        onEnd({ is_complete: false, bytes });
        controller.error(error);
      });
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) {
        onEnd({ is_complete: true, bytes });
        return controller.close();
      }
      bytes += value.length;
      controller.enqueue(value);
    },
    cancel(reason) {
      onEnd({ is_complete: false, bytes });
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}

/** Most long responses in progress; each may keep a replaced snapshot in memory. */
export const LONG_BODIES_MAX = 16;

/** Longest time of a long response; it is aborted for a slower client. */
export const LONG_BODY_MS_MAX = 60_000;

/** Most replaced snapshots kept per source for slow clients; older responses are aborted. */
export const OLDER_SNAPSHOTS_MAX = 2;

/** Yields to the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}

/** The result, or null if it takes longer. */
export async function within<Result>(
  result: Promise<Result>,
  wait_ms: number,
): Promise<Result | null> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), wait_ms);
  });
  try {
    return await Promise.race([result, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

interface Open {
  /** Hand-over number of each source's snapshot, by the source's index. */
  readonly hand_overs: readonly number[];
  cut(reason: string): void;
}

/** Long responses in progress, bounded in number, time and age. */
export class LongBodies {
  readonly #open = new Set<Open>();

  /** @param onCut Called for each aborted response. */
  constructor(readonly onCut: () => void = () => {}) {}

  /** Whether the limit of responses is reached. */
  get full(): boolean {
    return this.#open.size >= LONG_BODIES_MAX;
  }

  /**
   * Streams the chunks, one per pull. Responses that are more than {@link OLDER_SNAPSHOTS_MAX}
   * snapshots of a source behind are aborted.
   *
   * @param hand_overs Hand-over numbers of the store when the chunks were taken.
   * @param release Called once, after the last chunk is read.
   * @param pace Awaited before each chunk, so that other requests run between expensive chunks.
   */
  stream(
    chunks: Iterator<Bytes>,
    hand_overs: readonly number[],
    release: () => void,
    pace: (() => Promise<void>) | null = null,
  ): ReadableStream<Bytes> {
    this.#cutOlder(hand_overs);
    const { onCut } = this;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let open: Open;
    const end = () => {
      if (!this.#open.delete(open)) return;
      clearTimeout(timer);
      release();
    };
    return new ReadableStream<Bytes>({
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
        if (pace !== null) {
          await pace();
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
