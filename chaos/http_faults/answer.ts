/** An answer on its way through the proxy. */

/** Header lines in their order, as they were written. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** A whole answer. Framing headers are left to whoever writes it. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderLines;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** A request as far as faults look at it. */
export interface Asked {
  readonly method: string;
  /** If-None-Match, or null. */
  readonly if_none_match: string | null;
}

/** First value of that name, in any case; null where there is none. */
export function headerOf(headers: HeaderLines, name: string): string | null {
  const line = headers.find(([other]) => other.toLowerCase() === name.toLowerCase());
  return line?.[1] ?? null;
}

/** The lines with one value for that name. */
export function withHeader(headers: HeaderLines, name: string, value: string): HeaderLines {
  return [...withoutHeaders(headers, [name.toLowerCase()]), [name, value]];
}

/** The lines without those of these names, given in lower case. */
export function withoutHeaders(headers: HeaderLines, names: readonly string[]): HeaderLines {
  return headers.filter(([name]) => !names.includes(name.toLowerCase()));
}

/** Whether an answer of this status to this method carries a body (RFC 9110 §6.4.1). */
export function hasBody(method: string, status: number): boolean {
  return method !== "HEAD" && status >= 200 && status !== 204 && status !== 304;
}
