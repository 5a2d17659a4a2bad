/**
 * The body of an answer as UTF-8, while it arrives. Pure.
 *
 *     chunks ──> content codings undone ──> charset decoded ──> UTF-8, at most `bytes_max` bytes
 */
import {
  BODY_START_BYTES,
  type Coding,
  ContentCodingError,
  decodeContent,
  parseContentEncoding,
  withStart,
} from "../../platform/mod.ts";
import { asUtf8, charsetLabel, charsetOf } from "./charset.ts";
import { PollError } from "./poll_error.ts";

type Chunks = AsyncIterable<Uint8Array>;

/** How an answer's headers declare its body. */
export interface BodyFormat {
  readonly codings: readonly Coding[];
  readonly charset: string;
}

/** Transfer codings other than the last, `chunked`, compress as content codings do. */
const CHUNKED = /(^|,)\s*chunked\s*$/i;

/** @throws {PollError} `encoding`: an unknown coding or charset. */
export function formatOfBody(headers: Headers): BodyFormat {
  const transfer_codings = headers.get("transfer-encoding")?.replace(CHUNKED, "") ?? "";
  try {
    return {
      codings: parseContentEncoding(`${headers.get("content-encoding") ?? ""},${transfer_codings}`),
      charset: charsetOf(charsetLabel(headers.get("content-type"))),
    };
  } catch (error) {
    throw asPollError(error, 0);
  }
}

/**
 * Decodes a body. A body in UTF-8 without a content coding passes unchanged.
 *
 * @throws {PollError} While iterating: `encoding`, `truncated`, `too_large`.
 */
export async function* textOfBody(
  body: Chunks,
  { codings, charset }: BodyFormat,
  bytes_max: number,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    const decoded = withStart(decodeContent(body, codings, bytes_max), BODY_START_BYTES);
    for await (const chunk of asUtf8(decoded, charset)) {
      bytes += chunk.length;
      if (bytes > bytes_max) throw tooLarge(`at least ${bytes} bytes`, bytes_max);
      yield chunk;
    }
  } catch (error) {
    throw asPollError(error, bytes_max);
  }
}

export function tooLarge(what: string, bytes_max: number): PollError {
  const message = `body has ${what}: at most UPSTREAM_MAX_BYTES=${bytes_max}`;
  return new PollError("too_large", message, 200);
}

/**
 * Whether the end of the body is announced or marked, so that a cut would be noticed (RFC 9112
 * §6.3). `deflate` and `br` mark it; after a gzip member another could follow (RFC 1952 §2.2).
 */
export function marksEnd(headers: Headers, { codings }: BodyFormat): boolean {
  return headers.has("content-length") || codings.some((coding) => coding !== "gzip") ||
    CHUNKED.test(headers.get("transfer-encoding") ?? "");
}

function asPollError(error: unknown, bytes_max: number): unknown {
  if (!(error instanceof ContentCodingError)) return error;
  const { fault, message } = error;
  if (fault === "too_large") return tooLarge(message, bytes_max);
  return new PollError(fault === "truncated" ? fault : "encoding", message, 200);
}
