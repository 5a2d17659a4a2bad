/** The `Content-Encoding` header: its codings, and why a body cannot be decoded. Pure. */

/** A coding that {@link decodeContent} undoes. */
export type Coding = "gzip" | "deflate" | "br";

/** Most content codings of one body. */
export const CODINGS_MAX = 5;

/** Names of codings (RFC 9110 §8.4.1); `x-gzip` is another name of `gzip`. */
const CODINGS: ReadonlyMap<string, Coding | null> = new Map([
  ["gzip", "gzip"],
  ["x-gzip", "gzip"],
  ["deflate", "deflate"],
  ["br", "br"],
  ["identity", null],
]);

/**
 * - `unsupported`: an unknown coding, or more than {@link CODINGS_MAX}
 * - `mismatch`: the body is not of the declared coding
 * - `damaged`: a checksum is wrong, the data is invalid, or other bytes follow it
 * - `truncated`: the body ends inside the coding
 * - `too_large`: more decoded bytes than allowed
 */
export type CodingFault = "unsupported" | "mismatch" | "damaged" | "truncated" | "too_large";

/** A body that cannot be decoded. */
export class ContentCodingError extends Error {
  override readonly name = "ContentCodingError";

  constructor(readonly fault: CodingFault, message: string) {
    super(message);
  }
}

/**
 * Codings of a `Content-Encoding` header in the order in which they were applied (RFC 9110 §8.4).
 * Empty for null, empty elements and `identity`.
 *
 * ```ts
 * parseContentEncoding("x-gzip, BR"); // ["gzip", "br"]
 * ```
 *
 * @throws {ContentCodingError} `unsupported`, which names the coding.
 */
export function parseContentEncoding(header: string | null): Coding[] {
  const codings: Coding[] = [];
  for (const element of (header ?? "").split(",")) {
    const name = element.trim().toLowerCase();
    if (name === "") continue;
    const coding = CODINGS.get(name);
    if (coding === undefined) {
      const known = [...CODINGS.keys()].join(", ");
      throw unsupported(
        `Content-Encoding ${JSON.stringify(name.slice(0, 40))} is unknown: ${known}`,
      );
    }
    if (coding !== null) codings.push(coding);
  }
  if (codings.length > CODINGS_MAX) {
    throw unsupported(`Content-Encoding has ${codings.length} codings: at most ${CODINGS_MAX}`);
  }
  return codings;
}

function unsupported(message: string): ContentCodingError {
  return new ContentCodingError("unsupported", message);
}
