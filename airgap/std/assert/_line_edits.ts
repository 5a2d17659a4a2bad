/** The few lines to take away and to add that turn one list of lines into another. */

/** Cells of the comparison table held at most; more lines than that are shown as replaced whole. */
const TABLE_CELLS_MAX = 4_000_000;

export interface LineEdit {
  kind: "kept" | "removed" | "added";
  line: string;
}

/**
 * Lines of `from` and `to` in order, along their longest common subsequence. Of two texts with more
 * differing lines than a table of {@linkcode TABLE_CELLS_MAX} cells compares, only the common start
 * and end are kept.
 *
 * ```ts
 * lineEdits(["a", "b"], ["a", "c"]); // a kept, b removed, c added
 * ```
 */
export function lineEdits(from: readonly string[], to: readonly string[]): LineEdit[] {
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
