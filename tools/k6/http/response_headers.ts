/** Parses the heads of responses for scripts. */

type HeaderLine = readonly [name: string, value: string];

export interface ResponseHead {
  /** `200 OK`. */
  readonly status_text: string;
  /** In order, with names from {@link canonicalName}. */
  readonly lines: readonly HeaderLine[];
}

const LF = 10, COLON = 58;

const encoder = new TextEncoder();

/** Names remembered, by their spelling on the wire. */
const NAMES_MAX = 1_000;
const names = new Map<string, string>();

/** Reads a head that the parser of `tools/http` has accepted. */
export function readHead(head: string): ResponseHead {
  const status_end = head.indexOf("\r\n");
  const status_text = head.slice(9, status_end);
  const lines: HeaderLine[] = [];
  for (let at = status_end + 2; at < head.length - 2;) {
    const end = head.indexOf("\r\n", at);
    const colon = head.indexOf(":", at);
    lines.push([canonicalName(head.slice(at, colon)), head.slice(colon + 1, end).trim()]);
    at = end + 2;
  }
  return { status_text: status_text.trim(), lines };
}

/** One header line of the previous head. */
interface KnownLine {
  readonly name: string;
  /** Offset of the value. */
  readonly value_start: number;
  /** The line with its end, in the first `length` bytes. */
  bytes: Uint8Array;
  length: number;
}

/** Lines and headers of the previous head; no lines if a name occurs twice. */
let known_lines: KnownLine[] = [];
let known_headers: Record<string, string> = {};

/**
 * The headers in `bytes[start, end)`; values of a repeated name are joined. Most lines are the same
 * in the next response of a server, so they are compared with the previous ones before parsing.
 * @param text The decoded head; more may follow.
 */
export function readHeaders(
  bytes: Uint8Array,
  start: number,
  end: number,
  text: string,
): Record<string, string> {
  if (start === end) return {}; // a failed request
  if (text.length < end - start) return readHeadersAnew(text); // not ASCII: offsets differ
  let at = start, index = 0;
  while (bytes[at++] !== LF);
  for (; at < end - 2; index++) {
    const known = known_lines[index];
    if (known === undefined) return readHeadersAnew(text.slice(0, end - start));
    let same = 0;
    while (same < known.length && bytes[at + same] === known.bytes[same]) same++;
    if (same < known.length) {
      if (same < known.value_start) return readHeadersAnew(text.slice(0, end - start));
      takeLine(known, bytes, at, same);
      const value = text.slice(at - start + known.value_start, at - start + known.length);
      known_headers[known.name] = value.trim();
    }
    at += known.length;
  }
  return index === known_lines.length
    ? { ...known_headers }
    : readHeadersAnew(text.slice(0, end - start));
}

/** Replaces the known line by the one at `at`, which begins with the `same` bytes. */
function takeLine(known: KnownLine, bytes: Uint8Array, at: number, same: number): void {
  let end = at + same;
  while (bytes[end++] !== LF);
  const length = end - at;
  if (length > known.bytes.length) {
    known.bytes = new Uint8Array(2 * length);
    known.bytes.set(bytes.subarray(at, end));
  } else for (let i = same; i < length; i++) known.bytes[i] = bytes[at + i];
  known.length = length;
}

function readHeadersAnew(head: string): Record<string, string> {
  const { lines } = readHead(head);
  const headers: Record<string, string> = {};
  for (const [name, value] of lines) {
    headers[name] = name in headers ? `${headers[name]}, ${value}` : value;
  }
  const is_distinct = Object.keys(headers).length === lines.length;
  known_lines = is_distinct ? linesOf(head, lines) : [];
  known_headers = is_distinct ? { ...headers } : {};
  return headers;
}

function linesOf(head: string, lines: readonly HeaderLine[]): KnownLine[] {
  const written = head.slice(head.indexOf("\r\n") + 2, -2).split("\r\n");
  return lines.map(([name], index) => {
    const bytes = encoder.encode(written[index] + "\r\n");
    return { name, bytes, length: bytes.length, value_start: bytes.indexOf(COLON) + 1 };
  });
}

/** A header name in the spelling of Go and k6: `X-Data-Age-Ms`. */
export function canonicalName(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const canonical = name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
  if (names.size < NAMES_MAX) names.set(name, canonical);
  return canonical;
}
