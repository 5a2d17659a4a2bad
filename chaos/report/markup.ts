/** Markup in which every text is escaped, whatever a server under test has put into it. */

/** Markup, as opposed to text. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** What may stand in a template: text, numbers, markup, several of them, or nothing. */
export type Part = string | number | Markup | null | readonly Part[];

/**
 * Markup with its values escaped, except those that are markup themselves.
 *
 * ```ts
 * markup`<td title="${'a "b"'}">${"<script>"}</td>`; // <td title="a &quot;b&quot;">&lt;script&gt;</td>
 * ```
 */
export function markup(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return new Markup(
    strings.reduce((text, string, i) => text + textOf(parts[i - 1] ?? null) + string),
  );
}

function textOf(part: Part): string {
  if (part === null) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(textOf).join("");
  return escapeXml(String(part));
}

/** Text as character data or an attribute's value, in HTML and XML; control characters go. */
export function escapeXml(text: string): string {
  return text
    // deno-lint-ignore no-control-regex
    .replace(/[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, "\ufffd")
    .replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
    .toWellFormed();
}
