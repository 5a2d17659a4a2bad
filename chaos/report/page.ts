/** The frame of every page of the lab: one file, no script, nothing from elsewhere. */
import { Markup, markup } from "./markup.ts";
import { STYLE } from "./style.ts";

/**
 * A whole page. Its policy allows the page's own style and nothing else, so that what a server under
 * test has said can do nothing even if escaping should fail.
 */
export async function page(title: string, content: Markup): Promise<string> {
  const policy = `default-src 'none'; style-src 'sha256-${await sha256(
    STYLE,
  )}'; base-uri 'none'; form-action 'none'`;
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

/** What is wider than a narrow screen: it scrolls sideways there, and says so. */
export function wide(name: string, content: Markup): Markup {
  return markup`<p class="sideways">Wider than the screen: scrolls sideways →</p>
<div class="scroll" tabindex="0" role="group" aria-label="${name}">${content}</div>`;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toBase64();
}
