/** Text of others on a terminal. */

/**
 * Text on one line, without what a terminal would take for a command: a server under test must not
 * be able to clear the screen of who reads about it.
 *
 * ```ts
 * plainText("gone\n\x1b[2J"); // "gone �[2J"
 * ```
 */
export function plainText(text: string): string {
  return text.replace(/\s+/g, " ")
    // deno-lint-ignore no-control-regex
    .replace(/[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
