/** JSON whose numbers keep their digits, and pointers into it (RFC 6901). */

/** A number as it was written: `9007199254740993` is no double. */
export class Digits {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** Reads JSON; each number becomes {@link Digits}. Throws SyntaxError. */
export function parseKeepingDigits(text: string): unknown {
  const keep = (_key: string, value: unknown, context?: { source?: string }) =>
    typeof value === "number" ? new Digits(context?.source ?? String(value)) : value;
  return JSON.parse(text, keep);
}

/**
 * What the pointer points at; undefined where nothing is there.
 *
 * ```ts
 * valueAt({ a: [{ "x/y": 7 }] }, "/a/0/x~1y"); // 7
 * ```
 */
export function valueAt(root: unknown, pointer: string): unknown {
  if (pointer === "") return root;
  let at = root;
  for (const part of pointer.slice(1).split("/")) {
    if (typeof at !== "object" || at === null || at instanceof Digits) return undefined;
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (!Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}

/** Text, or a number's digits; null for anything else. */
export function textAt(root: unknown, pointer: string | null): string | null {
  const value = pointer === null ? null : valueAt(root, pointer);
  if (value instanceof Digits) return value.text;
  return typeof value === "string" ? value : null;
}

/** A finite number; null for anything else. */
export function numberAt(root: unknown, pointer: string | null): number | null {
  const value = pointer === null ? null : valueAt(root, pointer);
  const number = value instanceof Digits ? Number(value.text) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : null;
}
