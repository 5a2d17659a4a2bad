/**
 * Elements of a list separated by commas, trimmed, without empty ones. Pure.
 *
 * ```ts
 * commaList("a, b,,"); // ["a", "b"]
 * ```
 */
export function commaList(text: string): string[] {
  return text.split(",").map((element) => element.trim()).filter((element) => element !== "");
}
