/** Text without characters that a terminal or a log viewer would act on. Pure. */

/** Controls (C0, DEL, C1), format characters such as bidi overrides, line and paragraph ends. */
const ACTING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * The text with such characters escaped. For everything shown that a source may have written.
 *
 * ```ts
 * printable("sw-0\x1b[2J"); // "sw-0\\u{1b}[2J"
 * ```
 */
export function printable(text: string): string {
  return text.replace(ACTING, (char) => `\\u{${char.codePointAt(0)!.toString(16)}}`);
}
