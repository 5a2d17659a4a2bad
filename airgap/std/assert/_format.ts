/** A value as text for a failure message: nothing abbreviated, keys sorted, one property a line. */
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
