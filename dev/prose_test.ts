import { assert, assertEquals } from "@std/assert";
import { findPatterns, listFiles, longComments, PATTERNS, proseOf } from "./prose.ts";

/** Places of each pattern that the whole project may have: a twentieth of what it once had. */
const PLACES_MAX: Record<string, number> = {
  "tell, told": 27,
  "where as a condition": 48,
  "who, whoever": 5,
  "nobody, nothing, none as subject": 12,
  "one that, that of": 8,
  "ask for a request": 18,
  "has to be, is to be, comes to": 4,
  "private metaphors": 1,
  "starts with Of, With it, From it": 2,
};

const prose = (file: string, source: string) => proseOf(file, source).map(({ text }) => text);

Deno.test("proseOf() reads comments and strings of five words or more, and no code", () => {
  assertEquals(
    prose(
      "a.ts",
      "/** One\n * two. */\nconst where = 1; // three\nsay(`four five six seven eight`, 'no');",
    ),
    ["One", "two.", "three", "four five six seven eight"],
  );
});

Deno.test("proseOf() reads Markdown without its code", () => {
  assertEquals(prose("a.md", "One `where` two.\n```sh\nwhere it\n```\nThree."), [
    "One `…` two.",
    "Three.",
  ]);
});

Deno.test("findPatterns() finds each pattern in a sentence that has it, and none in a plain one", () => {
  const places = (text: string) =>
    [...findPatterns([{ file: "a", line: 1, text }])].filter(([, { length }]) => length > 0)
      .map(([name]) => name);
  assertEquals(places("Of what it tells, null where there is none, for whoever asks."), [
    "tell, told",
    "where as a condition",
    "who, whoever",
    "ask for a request",
    "starts with Of, With it, From it",
  ]);
  assertEquals(places("The report shows where the time went. Where is the age computed?"), []);
  assertEquals(Object.keys(PATTERNS).length, 9);
});

Deno.test("the project's prose keeps to CONTRIBUTING.md: few patterns, no comment over 100 columns", async () => {
  const sources = (await listFiles([])).filter((file) => !file.startsWith("dev/prose")).map((
    file,
  ) => [file, Deno.readTextFileSync(file)] as const);
  const found = findPatterns(sources.flatMap(([file, source]) => proseOf(file, source)));
  for (const [name, places] of found) {
    const shown = places.slice(0, 5).map(({ file, line, text }) => `${file}:${line} ${text}`);
    const max = PLACES_MAX[name];
    assert(places.length <= max, `${name}: ${places.length} > ${max}\n${shown.join("\n")}`);
  }
  const long = sources.filter(([file]) => !file.endsWith(".md"))
    .flatMap(([file, source]) => longComments(source).map((line) => `${file}:${line}`));
  assertEquals(long, []);
});
