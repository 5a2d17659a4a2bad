/** Changes of a text at given offsets. */

/** Replaces a part of a text. */
export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Applies edits, which are in the order of the text and do not overlap. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let edited = "", at = 0;
  for (const { start, end, text: inserted } of edits) {
    edited += text.slice(at, start) + inserted;
    at = end;
  }
  return edited + text.slice(at);
}

/** All edits in the order of the text. */
export function mergeEdits(...lists: readonly (readonly Edit[])[]): Edit[] {
  return lists.flat().sort((a, b) => a.start - b.start);
}
