/** Shows two values line by line and marks the lines that differ with `-` and `+`. */

import { format } from "./failure.ts";

/** Largest comparison table, in cells. Longer differences are shown as replaced whole. */
const TABLE_CELLS_MAX = 4_000_000;

const RED = "\x1b[31m\x1b[1m";
const GREEN = "\x1b[32m\x1b[1m";
const PLAIN = "\x1b[22m\x1b[39m";

interface LineEdit {
  kind: "kept" | "removed" | "added";
  line: string;
}

/**
 * The part of a failure message below its first sentence, colored unless colors are off.
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

/**
 * The edits that turn `from` into `to`, along their longest common subsequence. Above
 * {@linkcode TABLE_CELLS_MAX}, only the common start and end are kept.
 */
function lineEdits(from: readonly string[], to: readonly string[]): LineEdit[] {
  let start = 0;
  while (start < from.length && start < to.length && from[start] === to[start]) start++;
  let end = 0;
  while (
    end < from.length - start && end < to.length - start &&
    from[from.length - 1 - end] === to[to.length - 1 - end]
  ) end++;
  return [
    ...from.slice(0, start).map((line) => edit("kept", line)),
    ...middleEdits(from.slice(start, from.length - end), to.slice(start, to.length - end)),
    ...from.slice(from.length - end).map((line) => edit("kept", line)),
  ];
}

function middleEdits(from: readonly string[], to: readonly string[]): LineEdit[] {
  const width = to.length + 1;
  if ((from.length + 1) * width > TABLE_CELLS_MAX) {
    return [
      ...from.map((line) => edit("removed", line)),
      ...to.map((line) => edit("added", line)),
    ];
  }
  const common = commonLengths(from, to);
  const edits: LineEdit[] = [];
  let i = 0;
  let j = 0;
  while (i < from.length || j < to.length) {
    if (i < from.length && j < to.length && from[i] === to[j]) {
      edits.push(edit("kept", from[i++]));
      j++;
    } else if (
      i < from.length &&
      (j === to.length || common[(i + 1) * width + j] >= common[i * width + j + 1])
    ) {
      edits.push(edit("removed", from[i++]));
    } else {
      edits.push(edit("added", to[j++]));
    }
  }
  return edits;
}

/** `[i * width + j]`: length of the longest common subsequence of `from[i..]` and `to[j..]`. */
function commonLengths(from: readonly string[], to: readonly string[]): Uint32Array {
  const width = to.length + 1;
  const common = new Uint32Array((from.length + 1) * width);
  for (let i = from.length - 1; i >= 0; i--) {
    for (let j = to.length - 1; j >= 0; j--) {
      common[i * width + j] = from[i] === to[j]
        ? common[(i + 1) * width + j + 1] + 1
        : Math.max(common[(i + 1) * width + j], common[i * width + j + 1]);
    }
  }
  return common;
}

function edit(kind: LineEdit["kind"], line: string): LineEdit {
  return { kind, line };
}
