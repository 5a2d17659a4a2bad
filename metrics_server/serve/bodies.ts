/** Response bodies: gzip, and how long ones end. */
import { acceptsEncodings } from "../../platform/mod.ts";

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
