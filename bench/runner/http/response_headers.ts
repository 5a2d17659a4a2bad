/** The head of an answer as scripts see it. */

const SPACE = 32;

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

/** A header name as one server writes it, colon included. */
interface KnownName {
  readonly written: string;
  readonly name: string;
}

/** Names of the head before, in order: one server's answers mostly have the same. */
const expected: KnownName[] = [];

/** A head that the parser of `bench/http` has accepted, status line to empty line. */
export function readHead(head: string): ResponseHead {
  const status_end = head.indexOf("\r\n");
  const status_text = head.slice(9, status_end);
  const lines: HeaderLine[] = [];
  for (let at = status_end + 2; at < head.length - 2;) {
    const end = head.indexOf("\r\n", at);
    let known = expected[lines.length];
    if (known === undefined || !head.startsWith(known.written, at)) {
      const written = head.slice(at, head.indexOf(":", at) + 1);
      known = { written, name: canonicalName(written.slice(0, -1)) };
      if (lines.length <= expected.length && lines.length < NAMES_MAX) {
        expected[lines.length] = known;
      }
    }
    const colon = at + known.written.length;
    // Nearly all servers write one space, and none after the value.
    const value = head.charCodeAt(colon) === SPACE ? colon + 1 : colon;
    lines.push([known.name, trimmed(head.slice(value, end))]);
    at = end + 2;
  }
  return { status_text: trimmed(status_text), lines };
}

function trimmed(value: string): string {
  const first = value.charCodeAt(0), last = value.charCodeAt(value.length - 1);
  return first <= SPACE || last <= SPACE ? value.trim() : value;
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
