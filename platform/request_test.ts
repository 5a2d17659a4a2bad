import { assert, assertEquals, assertMatch } from "@std/assert";
import {
  HEADER_CHARS_MAX,
  hostOf,
  hostProblem,
  isNotModified,
  splitUrl,
  withoutCodings,
} from "./request.ts";

Deno.test("splitUrl returns path and query without normalizing them", () => {
  const split: [url: string, path: string, query: string][] = [
    ["http://localhost:8080/stats", "/stats", ""],
    ["http://x/stats?a=/b?c", "/stats", "a=/b?c"],
    ["http://x//stats/../y?", "//stats/../y", ""],
    ["http://x/%zz", "/%zz", ""],
    ["http://x", "/", ""],
    ["https://x/stats?a=/b", "/stats", "a=/b"],
    ["https://x", "/", ""],
  ];
  for (const [url, ...parts] of split) assertEquals(splitUrl(url), parts);
});

function requestTo(url: string, host: string | null): Pick<Request, "url" | "headers"> {
  return { url, headers: new Headers(host === null ? {} : { host }) };
}

Deno.test("hostOf is the host of the URL", () => {
  for (const host of ["localhost", "a.example:8080", "[::1]:8080", "größe", "a_b"]) {
    assertEquals(hostOf(requestTo(`http://${host}/stats?x=/y?z`, host)), host);
  }
  assertEquals(hostOf(requestTo("http://a/stats?b", "good")), "a");
  assertEquals(hostOf(requestTo("https://a:8443/stats", "a:8443")), "a:8443");
});

Deno.test("hostOf is the host of the URL alone with TLS, because HTTP/2 has no Host", () => {
  assertEquals(hostOf(requestTo("https://a/stats", null)), "a");
  assertEquals(hostOf(requestTo("https://a?b/stats", null)), null);
});

Deno.test("hostOf is null for a Host that would be read as path or query, or without one", () => {
  for (const host of ["a/b", "a/healthz?", "a?", "a#b", "/", "?x=/"]) {
    const request = requestTo(`http://${host}/stats`, host);
    assertEquals(hostOf(request), null, host);
    assertMatch(hostProblem(request), /^Host: .*: must be a name/);
  }
  for (const url of ["http://a?b/stats", "http://a?b"]) {
    assertEquals(hostOf(requestTo(url, "good")), null, url);
    assertMatch(hostProblem(requestTo(url, "good")), /^Host: a\?b: must be a name/);
  }
  const without = requestTo("http://localhost:8080/stats", null);
  assertEquals(hostOf(without), null);
  assertMatch(hostProblem(without), /no Host/);
});

const ETAG = '"boot-17"';

Deno.test("isNotModified reads at most HEADER_CHARS_MAX characters", () => {
  const short = `${'"a",'.repeat((HEADER_CHARS_MAX - ETAG.length) / 4)}${ETAG}`;
  assert(isNotModified(short, ETAG));
  assert(!isNotModified(`"a",${'"a",'.repeat(HEADER_CHARS_MAX / 4)}${ETAG}`, ETAG));
});

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
  ['W/"boot-17-gzip"', true, "the tag as Apache marks it"],
  ['"boot-17-br"', true, "the tag as Apache marks it for brotli"],
  ['"boot-17-gunzip"', true, "the tag as Apache marks what it decompressed"],
  ['W/"boot-17;gzip"', true, "the tag as Apache 2.2 marks it"],
  ['W/"boot-17--gzip"', true, "the tag as Jetty marks it"],
  ['"boot-17-zstd"', true, "the tag as Caddy marks it"],
  ['"boot-17-deflate"', true, "the tag as lighttpd marks it"],
  ['"boot-17-gunzip-gzip"', true, "a tag that two proxies marked"],
  ['"a-gzip", W/"boot-17-gzip" , "b"', true, "a list that has it with a mark"],
  ['"boot-17-gzip-1"', false, "a tag that goes on after the mark"],
  ['"boot-17-gz"', false, "another end"],
  ['"boot-17gzip"', false, "a mark without its dash"],
  ['"boot-1-gzip"', false, "the start of the tag with a mark"],
  ['"-gzip"', false, "a mark without a tag"],
  ['"x-boot-17-gzip"', false, "another tag that ends like it"],
  ['"boot-17-gzip', false, "a mark without the closing quote"],
  ['"boot-17" "boot-18"', false, "two tags without a comma"],
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
  for (const header of ['"a,b"', 'W/"a,b"', '"x", W/"a,b-gzip", "y"']) {
    assertEquals(isNotModified(header, '"a,b"'), true, header);
  }
  assertEquals(isNotModified('"a", "b"', '"a,b"'), false);
});

Deno.test("isNotModified does not confuse tags that end with a coding themselves", () => {
  const etag = 'W/"a-gzip"';
  for (const header of ['"a-gzip"', 'W/"a-gzip-gzip"', '"b", "a-gzip--br"']) {
    assertEquals(isNotModified(header, etag), true, header);
  }
  for (const header of ['"a"', 'W/"a-br"', '"a-gzip-x"']) {
    assertEquals(isNotModified(header, etag), false, header);
  }
});

Deno.test("withoutCodings removes the marks of proxies from an id, and nothing else", () => {
  const ids = ["a-1-gzip", "a-1--gzip", "a-1;gzip", "a-1-gunzip-br", "a-1"];
  assertEquals(ids.map(withoutCodings), ids.map(() => "a-1"));
  for (const id of ["gzip", "a-gzip-1", "a-GZIP", "agzip"]) assertEquals(withoutCodings(id), id);
});

Deno.test("isNotModified reads a long header in linear time", () => {
  for (const part of ["-gzip", '"boot-17', '"boot-17-gzip-gzip', ", "]) {
    const from_ms = performance.now();
    assertEquals(isNotModified(`"boot-17${part.repeat(60_000 / part.length)}x`, ETAG), false);
    assert(performance.now() - from_ms < 5000, part);
  }
});
