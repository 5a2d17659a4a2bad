/** The charset of a body, and the body as UTF-8. Pure. */
import {
  BODY_START_BYTES,
  describeStart,
  formatOf,
  isText,
  printable,
} from "../../platform/mod.ts";
import { PollError } from "./poll_error.ts";

/** Byte order marks; they override the declared charset (WHATWG Encoding §6, "BOM sniff"). */
const MARKS: readonly (readonly [charset: string, bytes: readonly number[]])[] = [
  ["utf-8", [0xef, 0xbb, 0xbf]],
  ["utf-16be", [0xfe, 0xff]],
  ["utf-16le", [0xff, 0xfe]],
];

const LABEL_CHARS_SHOWN = 40;

/** A separator of header values, or a parameter with its name and its token or quoted text. */
const PARAMETER = /,|;\s*([^=;,"\s]+)\s*=\s*(?:"((?:\\.|[^"\\])*)"?|([^;,"]*))/g;

/**
 * The `charset` parameter of a `Content-Type` header, or null. The first of a media type counts; of
 * several header values, the last (Fetch §2.2.2).
 */
export function charsetLabel(content_type: string | null): string | null {
  let label: string | null = null;
  let is_found = false;
  for (const [separator, name, quoted, token] of (content_type ?? "").matchAll(PARAMETER)) {
    if (separator === ",") is_found = false;
    if (name?.toLowerCase() !== "charset" || is_found) continue;
    label = quoted?.replace(/\\(.)/g, "$1") ?? token.trim();
    is_found = true;
  }
  return label === "" ? null : label;
}

/**
 * WHATWG name of the charset with this label (case and spaces around it do not count), such as
 * `windows-1252` for `latin1`; `utf-8` for null.
 *
 * @throws {PollError} `encoding`, which names the label.
 */
export function charsetOf(label: string | null): string {
  try {
    return new TextDecoder(label ?? "utf-8").encoding;
  } catch {
    const shown = printable(JSON.stringify(label!.slice(0, LABEL_CHARS_SHOWN)));
    throw encodingError(`Content-Type declares the unknown charset ${shown}: use utf-8`);
  }
}

/**
 * The body as UTF-8. UTF-8 passes unchanged, invalid bytes included.
 *
 * @param chunks The first has `BODY_START_BYTES` bytes, unless the body is shorter.
 * @param charset Of {@link charsetOf}; a byte order mark overrides it.
 * @throws {PollError} `encoding`: a body that is compressed, not text, or not of its charset.
 */
export async function* asUtf8(
  chunks: AsyncIterable<Uint8Array>,
  charset: string,
): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | null = null;
  let bytes = 0;
  const encoder = new TextEncoder();
  const decode = (chunk?: Uint8Array): Uint8Array => {
    try {
      return encoder.encode(decoder!.decode(chunk, { stream: chunk !== undefined }));
    } catch {
      throw encodingError(`the body is not ${decoder!.encoding}: invalid after ${bytes} bytes`);
    }
  };
  for await (const chunk of chunks) {
    if (bytes === 0) decoder = decoderFor(chunk.subarray(0, BODY_START_BYTES), charset);
    yield decoder === null ? chunk : decode(chunk);
    bytes += chunk.length;
  }
  if (decoder !== null) yield decode();
}

/** Null for UTF-8, whose bytes need no decoder. */
function decoderFor(start: Uint8Array, declared: string): TextDecoder | null {
  const marked = MARKS.find(([, bytes]) => bytes.every((byte, i) => start[i] === byte))?.[0];
  const format = formatOf(start);
  if (format?.startsWith("UTF") && !declared.startsWith("utf-16")) {
    throw encodingError(`the body looks like ${format}, which no charset declares: use utf-8`);
  }
  if (format !== null && !format.startsWith("UTF")) {
    throw encodingError(`the body looks ${format}-compressed, which no Content-Encoding declares`);
  }
  const charset = marked ?? declared;
  if (charset !== "utf-8") return new TextDecoder(charset, { fatal: true });
  const nul_at = start.indexOf(0);
  if (nul_at >= 0 && isText(start.subarray(0, nul_at))) {
    throw encodingError(`the body is not text: it has a NUL character after ${nul_at} bytes`);
  }
  if (nul_at >= 0 || isBinary(start)) {
    throw encodingError(`the body is not text: it begins with ${describeStart(start)}`);
  }
  return null;
}

/** Text may hold control characters, or bytes of another charset; with both it is binary. */
function isBinary(start: Uint8Array): boolean {
  return !isText(start) && new TextDecoder().decode(start, { stream: true }).includes("\ufffd");
}

function encodingError(message: string): PollError {
  return new PollError("encoding", message, 200);
}
