/** The first things a program said, short enough for a sentence. Pure. */

/** Lines of an excerpt. */
export const EXCERPT_LINES_MAX = 3;
/** Characters of each. */
export const EXCERPT_LINE_CHARS_MAX = 240;

/** What k6 and the runner begin a line with: it differs where the rest does not. */
const TIME = /^(?:time="[^"]*"\s*|\w{4}\[\d+\]\s*)/;

/**
 * Lines that differ, in one: a hundred virtual users complain of the same thing.
 *
 * ```ts
 * excerpt("ERRO[0001] no url\nERRO[0002] no url\n"); // "ERRO[0001] no url"
 * ```
 */
export function excerpt(text: string): string {
  const seen = new Set<string>();
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => {
    const said = line.replace(TIME, "");
    if (said === "" || seen.has(said)) return false;
    seen.add(said);
    return true;
  });
  const shown = lines.slice(0, EXCERPT_LINES_MAX).map((line) =>
    line.length > EXCERPT_LINE_CHARS_MAX ? `${line.slice(0, EXCERPT_LINE_CHARS_MAX)}…` : line
  );
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`… and ${more} more lines`] : [])].join("; ") || "(nothing)";
}
