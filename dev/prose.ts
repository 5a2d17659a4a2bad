/**
 * Counts patterns in prose that make a reader read twice, in comments, Markdown and long strings:
 *
 *     deno run --allow-read --allow-run=git dev/prose.ts [--list] [folder …]
 *
 * `--list` prints each place. CONTRIBUTING.md says what to write instead.
 */

/** Each pattern's name and what it matches in a line of prose. */
export const PATTERNS: Readonly<Record<string, RegExp>> = {
  "tell, told": /\b(tells?|told|telling)\b/gi,
  "where as a condition":
    /(?<!\b(say|says|see|shows?|know|knows|find|finds|matters|is|are|from|to|exactly|and|or) )\bwhere (?!to\b|things\b|do I\b|is [^.]*\?)[a-z`]/gi,
  "who, whoever": /\b(who|whom|whoever)\b/gi,
  "nobody, nothing, none as subject":
    /\b(nobody|nothing|none)( else)? ([a-z]+s|can|may|could|had|was|will)\b/gi,
  "one that, that of": /\b(one that|ones that|that of|those of|what of)\b/gi,
  "ask for a request": /\b(asks?|asked|asking)\b/gi,
  "has to be, is to be, comes to":
    /\b((has|have|had) to be|(is|are|was) to be|(comes?|came) to)\b/gi,
  "private metaphors":
    /\b(gives? way|giving way|wish(es)?|outlook|bites?|last will|crumbs|in peace|in vain)\b/gi,
  "starts with Of, With it, From it": /(^|[.:] )(Of (?!course)[a-z]+ |With it|From it)/g,
};

/** Longest line of a comment, in columns. */
export const COMMENT_COLUMNS_MAX = 100;

/** A line of prose and where it stands. */
export interface ProseLine {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/** The prose of a file: comments, and strings of five words or more; all of a Markdown file. */
export function proseOf(file: string, source: string): ProseLine[] {
  let in_block = false, in_fence = false;
  return source.split("\n").flatMap((raw, i) => {
    let text = "";
    if (file.endsWith(".md")) {
      if (/^\s*```/.test(raw)) in_fence = !in_fence;
      else if (!in_fence) text = raw;
    } else {
      const is_block = in_block || /^\s*\/\*/.test(raw);
      in_block = is_block && !raw.includes("*/");
      text = is_block
        ? raw
        : [...raw.matchAll(PROSE_IN_CODE)].map(([found]) => found.replace(QUOTES, "")).join(" · ");
    }
    text = text.replace(/^[\s/*]+|\*\/\s*$/g, "").replace(/`[^`]*`/g, "`…`").trim();
    return text === "" ? [] : [{ file, line: i + 1, text }];
  });
}

/** A line comment, or a quoted text of five words or more. */
const PROSE_IN_CODE =
  /(?<![:"'`\w])\/\/.*$|(["'`])(?:(?!\1)[^\\\n]|\\.)*(?: (?:(?!\1)[^\\\n]|\\.)*){4,}\1/g;

const QUOTES = /^["'`]|["'`]$/g;

/** Places of each pattern. */
export function findPatterns(lines: readonly ProseLine[]): Map<string, ProseLine[]> {
  return new Map(
    Object.entries(PATTERNS).map(([name, pattern]) => [
      name,
      lines.flatMap((line) => [...line.text.matchAll(pattern)].map(() => line)),
    ]),
  );
}

/** Numbers of the comment lines that are too long. */
export function longComments(source: string): number[] {
  return source.split("\n").flatMap((raw, i) =>
    raw.length > COMMENT_COLUMNS_MAX && /^\s*(\/\/|\*|\/\*)/.test(raw) ? [i + 1] : []
  );
}

/** The project's own sources and documents below these folders, as git lists them. */
export async function listFiles(folders: readonly string[]): Promise<string[]> {
  const { stdout } = await new Deno.Command("git", { args: ["ls-files", "--", ...folders] })
    .output();
  return new TextDecoder().decode(stdout).split("\n").filter((file) => /\.(ts|js|md)$/.test(file));
}

async function main(args: readonly string[]): Promise<void> {
  const show_places = args.includes("--list");
  const files = await listFiles(args.filter((arg) => arg !== "--list"));
  const sources = files.map((file) => [file, Deno.readTextFileSync(file)] as const);
  const found = findPatterns(sources.flatMap(([file, source]) => proseOf(file, source)));
  const say = (line: string) => Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
  for (const [name, places] of found) {
    say(`${String(places.length).padStart(6)}  ${name}`);
    if (show_places) {
      for (const { file, line, text } of places) say(`        ${file}:${line} ${text}`);
    }
  }
  const long = sources.flatMap(([file, source]) =>
    file.endsWith(".md") ? [] : longComments(source).map((line) => `${file}:${line}`)
  );
  say(`${String(long.length).padStart(6)}  comment lines over ${COMMENT_COLUMNS_MAX} columns`);
  if (show_places) { for (const place of long) say(`        ${place}`); }
}

if (import.meta.main) await main(Deno.args);
