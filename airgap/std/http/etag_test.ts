import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { eTag, ifMatch, ifNoneMatch } from "@std/http/etag";

Deno.test("eTag() is the size in hexadecimal and 27 characters of a SHA-256", async () => {
  assertEquals(await eTag("hello"), '"5-LPJNul+wow4m6DsqxbninhsWHlw"');
  assertEquals(await eTag(new Uint8Array(1000).subarray(3)), '"3e5-ZBgmj5jFrxsVRqu6+ATq0uUHc98"');
});

Deno.test("eTag() takes a text as its bytes in UTF-8", async () => {
  assertEquals(await eTag("é"), await eTag(new TextEncoder().encode("é")));
});

Deno.test("eTag() is weak if told so", async () => {
  assertEquals(await eTag("hello", { weak: true }), 'W/"5-LPJNul+wow4m6DsqxbninhsWHlw"');
});

Deno.test("eTag() hashes by the algorithm told, and refuses one it does not know", async () => {
  assertEquals(await eTag("hello", { algorithm: "SHA-1" }), '"5-qvTGHdzF6KLavt4PO0gs2a6pQ00"');
  await assertRejects(() => eTag("hello", { algorithm: "MD0" }), DOMException);
});

Deno.test("eTag() of nothing is the same for a text and for bytes", async () => {
  assertEquals(await eTag(""), '"0-47DEQpj8HBSa+/TImW+5JCeuQeR"');
  assertEquals(await eTag(new Uint8Array(0)), await eTag(""));
});

Deno.test("eTag() of a file is weak and changes with its size and its time", async () => {
  const at = (epoch_ms: number, size = 1024) => eTag({ size, mtime: new Date(epoch_ms) });
  assertEquals(await at(0), 'W/"400-fV7l2JDWcybWhXieoDDmVxKEFxe"');
  assertEquals(await at(1e12, 0), 'W/"0-9G8TBFJ6pKGJuHI6ftr2hrVH/85"');
  assertEquals(await eTag({ size: 1024, mtime: null }), undefined);
});

/** A header, a tag, and whether the request may go on by If-Match and by If-None-Match. */
type Case = [header: string | null, tag: string | undefined, match: boolean, none_match: boolean];

const CASES: readonly Case[] = [
  [null, '"a"', false, true],
  ["", '"a"', false, true],
  ['"a"', undefined, false, true],
  ["*", undefined, false, true],
  ["*", '"a"', true, false],
  [" * ", '"a"', true, false],
  ["*", 'W/"a"', false, false],
  ['"a"', '"a"', true, false],
  ['"a"', '"b"', false, true],
  ['"a"', '"A"', false, true],
  ['"b","a"', '"a"', true, false],
  ['"b" ,\t"a"', '"a"', true, false],
  ['"a"', 'W/"a"', false, false],
  ['W/"a"', '"a"', false, false],
  ['W/"a"', 'W/"a"', false, false],
  ['W/"b", W/"a"', '"a"', false, false],
  ['w/"a"', '"a"', false, true],
  ['W/ "a"', '"a"', false, true],
  ["a", '"a"', false, true],
  ['"a"', "a", false, true],
  ['"a"', '"*"', false, true],
];

for (const [header, tag, match, none_match] of CASES) {
  Deno.test(`ifMatch(${header}) is ${match} and ifNoneMatch() ${none_match} for ${tag}`, () => {
    assertStrictEquals(ifMatch(header, tag), match);
    assertStrictEquals(ifNoneMatch(header, tag), none_match);
  });
}
