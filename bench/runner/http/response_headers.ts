/** The head of an answer as scripts see it. */

export type HeaderLine = readonly [name: string, value: string];

export interface ResponseHead {
  /** `200 OK`. */
  readonly status_text: string;
  /** In order, names spelled as {@link canonicalName} has them. */
  readonly lines: readonly HeaderLine[];
}

/** Names remembered as they are spelled on the wire. */
const NAMES_MAX = 1_000;
const names = new Map<string, string>();

/** A head that the parser of `bench/http` has accepted, status line to empty line. */
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

/** One header line of the head before, as it was written. */
interface KnownLine {
  readonly name: string;
  /** Name and colon. */
  readonly written: string;
  /** The whole line, its end included. */
  line: string;
}

/** Lines and headers of the head before; no lines where a name stands there twice. */
let known_lines: KnownLine[] = [];
let known_headers: Record<string, string> = {};

/**
 * The headers that a head, `text` up to `length`, holds, by {@link canonicalName}; values of a name
 * that comes twice are joined. From one answer of a server to the next most lines stay as they are,
 * so they are compared with those before rather than taken apart.
 */
export function readHeaders(text: string, length: number): Record<string, string> {
  let at = text.indexOf("\r\n") + 2, index = 0;
  for (; at < length - 2; index++) {
    const known = known_lines[index];
    if (known === undefined) return readHeadersAnew(text.slice(0, length));
    if (!text.startsWith(known.line, at)) {
      if (!text.startsWith(known.written, at)) return readHeadersAnew(text.slice(0, length));
      const end = text.indexOf("\r\n", at);
      known.line = text.slice(at, end + 2);
      known_headers[known.name] = text.slice(at + known.written.length, end).trim();
    }
    at += known.line.length;
  }
  return index === known_lines.length
    ? { ...known_headers }
    : readHeadersAnew(text.slice(0, length));
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
    const line = written[index] + "\r\n";
    return { name, line, written: line.slice(0, line.indexOf(":") + 1) };
  });
}

/**
 * Names as Go's HTTP client spells them, and so k6.
 *
 * ```ts
 * canonicalName("x-data-age-ms"); // "X-Data-Age-Ms"
 * ```
 */
export function canonicalName(name: string): string {
  const known = names.get(name);
  if (known !== undefined) return known;
  const canonical = name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
  if (names.size < NAMES_MAX) names.set(name, canonical);
  return canonical;
}
