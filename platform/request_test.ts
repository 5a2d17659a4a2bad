import { assertEquals } from "@std/assert";
import { brokenHost, isNotModified, splitUrl } from "./request.ts";

Deno.test("splitUrl returns path and query without normalizing them", () => {
  const split: [url: string, path: string, query: string][] = [
    ["http://localhost:8080/stats", "/stats", ""],
    ["http://x/stats?a=/b?c", "/stats", "a=/b?c"],
    ["http://x//stats/../y?", "//stats/../y", ""],
    ["http://x/%zz", "/%zz", ""],
    ["http://x", "/", ""],
  ];
  for (const [url, ...parts] of split) assertEquals(splitUrl(url), parts);
});

function hostFound(url: string, host: string | null): string | null {
  return brokenHost({ url, headers: new Headers(host === null ? {} : { host }) });
}

Deno.test("brokenHost is null for valid hosts and without one", () => {
  for (const host of ["localhost", "a.example:8080", "[::1]:8080", "größe", "a_b", ""]) {
    assertEquals(hostFound(`http://${host || "localhost"}/stats?x=/y?z`, host), null, host);
  }
  assertEquals(hostFound("http://127.0.0.1:8080/stats", null), null);
});

Deno.test("brokenHost returns a Host that would be read as path or query", () => {
  for (const host of ["a/b", "a/healthz?", "a?", "a#b", "/", "?x=/"]) {
    assertEquals(hostFound(`http://${host}/stats`, host), host);
  }
});

Deno.test("brokenHost checks the host of an absolute URL in the request line, too", () => {
  assertEquals(hostFound("http://a?b/stats", "good"), "a?b");
  assertEquals(hostFound("http://a?b", "good"), "a?b");
  assertEquals(hostFound("http://a/stats?b", "good"), null);
});

const ETAG = '"boot-17"';

const CASES: [if_none_match: string | null, not_modified: boolean, says: string][] = [
  [null, false, "no header"],
  ["", false, "an empty header"],
  ['"boot-17"', true, "the tag itself"],
  ['W/"boot-17"', true, "the tag as a weak one"],
  ['"boot-16"', false, "another tag"],
  ['"boot-1"', false, "the start of the tag"],
  ["boot-17", false, "the tag without quotes"],
  ['"a", "boot-17", "b"', true, "a list that has the tag"],
  ['"a","b",W/"boot-17"', true, "a list that has it as a weak one, last"],
  ['"a", "b"', false, "a list without the tag"],
  ['  "boot-17"  ', true, "blanks around the tag"],
  ['"a" ,\t"boot-17"', true, "blanks around the comma"],
  ["*", true, "any representation"],
  [" * ", true, "any representation, with blanks"],
  ['"*"', false, "a tag that is a star"],
  ['"BOOT-17"', false, "the tag in another case"],
];

for (const [if_none_match, not_modified, says] of CASES) {
  Deno.test(`isNotModified is ${not_modified} for ${says}: ${if_none_match}`, () => {
    assertEquals(isNotModified(if_none_match, ETAG), not_modified);
  });
}

Deno.test("isNotModified ignores a weak mark of the representation", () => {
  assertEquals(isNotModified('"x"', 'W/"x"'), true);
  assertEquals(isNotModified('"a", W/"x"', 'W/"x"'), true);
});

Deno.test("isNotModified matches a tag with a comma in it", () => {
  assertEquals(isNotModified('"a,b"', '"a,b"'), true);
});
