/** gzip for who asks for it (RFC 9110 §12.5.3). */
import { acceptsEncodings } from "@std/http/negotiation";

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
