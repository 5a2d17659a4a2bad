import { assertEquals } from "@std/assert";
import { dockerignore } from "./dockerignore.ts";

const CASES: [promise: string, text: string, path: string, is_included: boolean][] = [
  ["includes what no pattern names", "# only a comment\n", "a/b.ts", true],
  ["leaves out a folder with all that is in it", "docs/", "docs/a/b.md", false],
  ["does not leave out a name that only starts alike", "docs", "docs2/a.md", true],
  ["lets the last match decide", "*\n!platform\n**/*_test.ts", "platform/clock.ts", true],
  [
    "lets a later pattern leave out again",
    "*\n!platform\n**/*_test.ts",
    "platform/a_test.ts",
    false,
  ],
  ["matches ** also at the top", "**/*_test.ts", "a_test.ts", false],
  ["keeps * within one name", "a/*.ts", "a/b/c.ts", true],
  ["takes a dot as a dot", "a.ts", "abts", true],
  ["includes a single file again", "*\n!deploy/healthcheck.ts", "deploy/healthcheck.ts", true],
  ["keeps its neighbors out", "*\n!deploy/healthcheck.ts", "deploy/image.ts", false],
];

for (const [promise, text, path, is_included] of CASES) {
  Deno.test(`dockerignore ${promise}`, () => assertEquals(dockerignore(text)(path), is_included));
}
