import { assertStrictEquals } from "@std/assert";
import { ifNoneMatch } from "@std/http/etag";

/** A header, a tag, and whether the request needs a full response. */
type Case = [header: string | null, tag: string | undefined, none_match: boolean];

const CASES: readonly Case[] = [
  [null, '"a"', true],
  ["", '"a"', true],
  ['"a"', undefined, true],
  ["*", undefined, true],
  ["*", '"a"', false],
  [" * ", '"a"', false],
  ["*", 'W/"a"', false],
  ['"a"', '"a"', false],
  ['"a"', '"b"', true],
  ['"a"', '"A"', true],
  ['"b","a"', '"a"', false],
  ['"b" ,\t"a"', '"a"', false],
  ['"a"', 'W/"a"', false],
  ['W/"a"', '"a"', false],
  ['W/"a"', 'W/"a"', false],
  ['W/"b", W/"a"', '"a"', false],
  ['w/"a"', '"a"', true],
  ['W/ "a"', '"a"', true],
  ["a", '"a"', true],
  ['"a"', "a", true],
  ['"a"', '"*"', true],
];

for (const [header, tag, none_match] of CASES) {
  Deno.test(`ifNoneMatch(${header}) is ${none_match} for ${tag}`, () => {
    assertStrictEquals(ifNoneMatch(header, tag), none_match);
  });
}
