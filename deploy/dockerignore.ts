/** Which files reach the build context: `.dockerignore` as Docker reads it. Pure. */

/**
 * Gives the predicate "this file is in the build context" for paths relative to the project's
 * folder. The last pattern that matches the path or one of its parent folders decides; `!`
 * includes again, `*` stays within a name, `**` does not.
 *
 * ```ts
 * const is_included = dockerignore("*\n!platform");
 * is_included("platform/clock.ts"); // true
 * is_included("README.md"); // false
 * ```
 */
export function dockerignore(text: string): (path: string) => boolean {
  const rules = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"))
    .map((line) => ({
      includes: line.startsWith("!"),
      pattern: patternOf(line.replace(/^!/, "").replace(/^\/|\/$/g, "")),
    }));
  return (path) => rules.findLast(({ pattern }) => pattern.test(path))?.includes ?? true;
}

function patternOf(glob: string): RegExp {
  const source = glob
    .split(/(\*\*\/|\*\*|\*|\?)/)
    .map((part) => WILDCARDS[part] ?? RegExp.escape(part))
    .join("");
  return new RegExp(`^${source}(/|$)`);
}

const WILDCARDS: Record<string, string> = {
  "**/": "(.*/)?",
  "**": ".*",
  "*": "[^/]*",
  "?": "[^/]",
};
