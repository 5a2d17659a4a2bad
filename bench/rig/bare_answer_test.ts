import { assertEquals } from "@std/assert";
import type { RawAnswer } from "../../tools/http/mod.ts";
import { bareAnswerOf, difference } from "./bare_answer.ts";

const REAL: RawAnswer = {
  status: 200,
  headers: [
    ["content-type", "application/json"],
    ["ETag", 'W/"a-1"'],
    ["Content-Length", "7"],
    ["date", "Mon, 23 Nov 2026 21:08:47 GMT"],
  ],
  body: new TextEncoder().encode('{"ä":1}'),
};

Deno.test("bareAnswerOf() omits headers that the server adds itself", () => {
  assertEquals(bareAnswerOf(REAL), {
    status: 200,
    headers: [["content-type", "application/json"], ["ETag", 'W/"a-1"']],
    body: '{"ä":1}',
  });
});

Deno.test("bareAnswerOf() has no body for a 304", () => {
  assertEquals(bareAnswerOf({ ...REAL, status: 304, body: new Uint8Array() }).body, null);
});

const BARE: [name: string, change: Partial<RawAnswer>, difference: string | null][] = [
  ["the same answer", {}, null],
  [
    "other case, order and values of the same length",
    {
      headers: [
        ["date", "Mon, 23 Nov 2026 21:08:48 GMT"],
        ["etag", 'W/"b-2"'],
        ["content-type", "application/json"],
        ["content-length", "8"],
      ],
    },
    null,
  ],
  ["another status", { status: 404 }, "status 404 instead of 200"],
  [
    "a missing header",
    { headers: REAL.headers.slice(1) },
    "headers content-length(1) date(29) etag(7) instead of " +
    "content-length(1) content-type(16) date(29) etag(7)",
  ],
  [
    "a header value of another length",
    { headers: [["etag", '"a"'], ...REAL.headers.filter(([name]) => name !== "ETag")] },
    "headers content-length(1) content-type(16) date(29) etag(3) instead of " +
    "content-length(1) content-type(16) date(29) etag(7)",
  ],
  [
    "another body of the same length",
    { body: new TextEncoder().encode('{"ä":2}') },
    "a different body of 8 bytes",
  ],
  ["a shorter body", { body: new Uint8Array(3) }, "a different body of 3 bytes"],
];

for (const [name, change, expected] of BARE) {
  Deno.test(`difference() of ${name} is ${expected ?? "none"}`, () => {
    assertEquals(difference(REAL, { ...REAL, ...change }), expected);
  });
}
