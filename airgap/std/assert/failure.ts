/** Thrown by a failed assertion; `name` is `AssertionError`. */
export class AssertionError extends Error {
  override name = "AssertionError";
}

/** Ends a failure's sentence: with `.`, or with `: ` and the caller's message. */
export function withReason(sentence: string, msg: string | undefined): string {
  return msg ? `${sentence}: ${msg}` : `${sentence}.`;
}

/** A value as text for a failure message: unabbreviated, sorted, one property per line. */
export function format(value: unknown): string {
  return Deno.inspect(value, {
    depth: Infinity,
    iterableLimit: Infinity,
    strAbbreviateSize: Infinity,
    compact: false,
    sorted: true,
    trailingComma: true,
    getters: true,
  });
}
