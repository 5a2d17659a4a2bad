/** Markup that escapes every text, and the frame of the lab's pages. */
import { escapeXml } from "../../tools/verdict/mod.ts";
import { STYLE } from "./style.ts";

/** Markup, as opposed to text. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

/** A value in a template: text, a number, markup, a list of these, or nothing. */
type Part = string | number | Markup | null | readonly Part[];

/**
 * Markup whose values are escaped, unless they are markup themselves.
 *
 * ```ts
 * markup`<b title="${'"'}">${"<i>"}</b>`; // <b title="&#34;">&#60;i&#62;</b>
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

/**
 * A page in one file, without scripts and external resources. Its policy allows only the page's own
 * style, so text from a server under test is harmless even if escaping should fail.
 */
export async function page(title: string, content: Markup): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(STYLE));
  const style = `'sha256-${new Uint8Array(digest).toBase64()}'`;
  const policy = `default-src 'none'; style-src ${style}; base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
${content}
</body>
</html>
`.toString();
}

/**
 * Content that is wider than a narrow screen, where it scrolls sideways and a note points that out.
 */
export function wide(name: string, content: Markup): Markup {
  return markup`<p class="sideways">Wider than the screen: scroll sideways →</p>
<div class="scroll" tabindex="0" role="group" aria-label="${name}">${content}</div>`;
}
