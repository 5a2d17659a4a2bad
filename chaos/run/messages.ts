/** Errors and program output as short text for the journal and the screen. */
import { redactText } from "../../platform/mod.ts";

/** The message of an error, or the thrown value as text, without credentials. */
export function messageOf(error: unknown): string {
  return redactText(error instanceof Error ? error.message : String(error));
}

const EXCERPT_LINES_MAX = 3;
const EXCERPT_LINE_CHARS_MAX = 240;

/** Time prefix of a line of k6 or the runner. */
const TIME = /^(?:time="[^"]*"\s*|\w{4}\[\d+\]\s*)/;

/** The first distinct lines of a program's output, joined. */
export function excerpt(text: string): string {
  const seen = new Set<string>();
  const lines = text.split("\n").map((line) => line.trim()).filter((line) => {
    const content = line.replace(TIME, "");
    if (content === "" || seen.has(content)) return false;
    seen.add(content);
    return true;
  });
  const shown = lines.slice(0, EXCERPT_LINES_MAX).map((line) =>
    line.length > EXCERPT_LINE_CHARS_MAX ? `${line.slice(0, EXCERPT_LINE_CHARS_MAX)}…` : line
  );
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`… and ${more} more lines`] : [])].join("; ") || "(nothing)";
}
