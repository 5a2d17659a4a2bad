/** Shows two values line by line, each line that only one of them has marked with `-` or `+`. */

import { format } from "./_format.ts";
import { type LineEdit, lineEdits } from "./_line_edits.ts";

const RED = "\x1b[31m\x1b[1m";
const GREEN = "\x1b[32m\x1b[1m";
const PLAIN = "\x1b[22m\x1b[39m";

/**
 * The lines of a failure message below its first sentence, colored unless colors are off.
 *
 * ```ts
 * differenceOf([1, 2], [1, 3]); // "…  [\n      1,\n-     2,\n+     3,\n    ]\n"
 * ```
 */
export function differenceOf(actual: unknown, expected: unknown): string {
  const of_text = typeof actual === "string" && typeof expected === "string";
  const edits = of_text
    ? lineEdits(textLines(actual), textLines(expected))
    : lineEdits(format(actual).split("\n"), format(expected).split("\n"));
  const heading = `    [Diff] ${red("Actual")} / ${green("Expected")}`;
  return ["", "", heading, "", "", ...edits.map(editLine), of_text ? "\n" : ""].join("\n");
}

/** Lines of a text with what cannot be seen made visible: `a<newline>` becomes `a\n`. */
function textLines(text: string): string[] {
  const visible = text.replace(/[\b\f\t\v]/g, (char) => JSON.stringify(char).slice(1, -1))
    .replace(/\r\n|\n|\r/g, (end) => `${JSON.stringify(end).slice(1, -1)}\0`);
  return visible.split("\0");
}

function editLine(edit: LineEdit): string {
  if (edit.kind === "removed") return red(`-   ${edit.line}`);
  if (edit.kind === "added") return green(`+   ${edit.line}`);
  return `    ${edit.line}`;
}

function red(text: string): string {
  return Deno.noColor ? text : `${RED}${text}${PLAIN}`;
}

function green(text: string): string {
  return Deno.noColor ? text : `${GREEN}${text}${PLAIN}`;
}
