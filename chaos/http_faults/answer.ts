/** An HTTP answer on its way through the proxy. */

/** Header lines in their order, as they were written. */
export type HeaderLines = readonly (readonly [name: string, value: string])[];

/** A whole answer. The sender adds the framing headers. */
export interface Answer {
  readonly status: number;
  readonly reason: string;
  readonly headers: HeaderLines;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** First value of a header, in any case; null if it is missing. */
export function headerOf(headers: HeaderLines, name: string): string | null {
  const line = headers.find(([other]) => other.toLowerCase() === name.toLowerCase());
  return line?.[1] ?? null;
}

/** Sets a header and removes its other values. */
export function withHeader(headers: HeaderLines, name: string, value: string): HeaderLines {
  return [...withoutHeaders(headers, [name.toLowerCase()]), [name, value]];
}

/** Removes headers; `names` are in lower case. */
export function withoutHeaders(headers: HeaderLines, names: readonly string[]): HeaderLines {
  return headers.filter(([name]) => !names.includes(name.toLowerCase()));
}

/** Whether an answer of this status to this method has a body (RFC 9110 §6.4.1). */
export function hasBody(method: string, status: number): boolean {
  return method !== "HEAD" && status >= 200 && status !== 204 && status !== 304;
}
