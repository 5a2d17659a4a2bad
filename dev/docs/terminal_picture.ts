/** Draws a terminal as SVG; as a program, draws the output of `deno task demo` to docs/demo.svg. */
import deno_json from "../../deno.json" with { type: "json" };
import { runProcess, taskCommand } from "../../tools/processes/mod.ts";
import { escapeXml } from "../../tools/verdict/mod.ts";

/** Characters of a line; longer ones are wrapped. */
export const COLUMNS = 122;

const CHAR_PX = 7.2;
const LINE_PX = 17;
const MARGIN_PX = 16;

const STYLES = `
  rect { fill: #15191f }
  text { font: 12px ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #c8d0da; white-space: pre }
  .comment { fill: #7f8fa3 }
  .command { fill: #8fd3a5; font-weight: 600 }
`;

/** An SVG picture of lines; `#` starts a comment, `$` a command; `title` is for screen readers. */
export function terminalPicture(lines: readonly string[], title: string): string {
  const rows = lines.flatMap(wrapped);
  const width_px = Math.ceil(COLUMNS * CHAR_PX + 2 * MARGIN_PX);
  const height_px = rows.length * LINE_PX + 2 * MARGIN_PX;
  const texts = rows.map(({ text, style }, index) => {
    const y_px = MARGIN_PX + (index + 0.75) * LINE_PX;
    return `<text x="${MARGIN_PX}" y="${y_px}"${style}>${escapeXml(text)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width_px}" height="${height_px}" ` +
    `viewBox="0 0 ${width_px} ${height_px}" role="img" aria-label="${escapeXml(title)}">
<title>${escapeXml(title)}</title>
<style>${STYLES}</style>
<rect width="100%" height="100%" rx="8"/>
${texts.join("\n")}
</svg>
`;
}

interface Row {
  text: string;
  style: string;
}

function wrapped(line: string): Row[] {
  const style = line.startsWith("#")
    ? ' class="comment"'
    : line.startsWith("$")
    ? ' class="command"'
    : "";
  const characters = [...line];
  const rows: Row[] = [];
  do {
    rows.push({ text: characters.splice(0, COLUMNS).join(""), style });
  } while (characters.length > 0);
  return rows;
}

if (import.meta.main) {
  const { args } = taskCommand(deno_json.tasks.demo);
  const { code, stdout, stderr } = await runProcess([Deno.execPath(), ...args]);
  if (code !== 0) throw new Error(`the demo failed:\n${stdout}${stderr}`);
  const lines = ["$ deno task demo", ...stdout.trimEnd().split("\n")];
  Deno.writeTextFileSync(
    new URL("../../docs/demo.svg", import.meta.url),
    terminalPicture(lines, "Output of deno task demo"),
  );
}
