/** Shows two values line by line and marks the lines that differ with `-` and `+`. */

import { diff } from "node:util";
import { format } from "./failure.ts";

/**
 * Most different lines of both values compared: the memory of `diff` grows with their square. More
 * are shown as replaced whole.
 */
const LINES_MAX = 4000;

const KINDS = { "-1": "added", "0": "kept", "1": "removed" } as const;

const RED = "\x1b[31m\x1b[1m";
const GREEN = "\x1b[32m\x1b[1m";
const PLAIN = "\x1b[22m\x1b[39m";

interface LineEdit {
  kind: "kept" | "removed" | "added";
  line: string;
}

/** The part of a failure message below its first sentence, colored unless colors are off. */
export function differenceOf(actual: unknown, expected: unknown): string {
  const of_text = typeof actual === "string" && typeof expected === "string";
  const edits = of_text
    ? lineEdits(textLines(actual), textLines(expected))
    : lineEdits(format(actual).split("\n"), format(expected).split("\n"));
  const heading = `    [Diff] ${red("Actual")} / ${green("Expected")}`;
  return ["", "", heading, "", "", ...edits.map(editLine), of_text ? "\n" : ""].join("\n");
}

/** Lines of a text with control characters as escapes: `a<newline>` becomes `a\n`. */
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

/** Edits that turn `from` into `to`; above {@linkcode LINES_MAX} all lines are replaced. */
function lineEdits(from: readonly string[], to: readonly string[]): LineEdit[] {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let end = 0;
  while (
    end < from.length - start && end < to.length - start && from.at(-1 - end) === to.at(-1 - end)
  ) end++;
  return [
    ...edits("kept", from.slice(0, start)),
    ...middleEdits(from.slice(start, from.length - end), to.slice(start, to.length - end)),
    ...edits("kept", from.slice(from.length - end)),
  ];
}

function middleEdits(from: string[], to: string[]): LineEdit[] {
  if (from.length === 0 || to.length === 0 || from.length + to.length > LINES_MAX) {
    return [...edits("removed", from), ...edits("added", to)];
  }
  return diff(from, to).map(([operation, line]) => ({ kind: KINDS[operation], line }));
}

function edits(kind: LineEdit["kind"], lines: readonly string[]): LineEdit[] {
  return lines.map((line) => ({ kind, line }));
}
