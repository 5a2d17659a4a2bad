import { assertEquals } from "@std/assert";
import { parseCookieDate, parseSetCookie } from "./set_cookie.ts";

const DATES: [text: string, iso: string | null][] = [
  ["Wed, 09 Jun 2021 10:18:14 GMT", "2021-06-09T10:18:14.000Z"],
  ["Wednesday, 09-Jun-21 10:18:14 GMT", "2021-06-09T10:18:14.000Z"],
  ["Sun Nov  6 08:49:37 1994", "1994-11-06T08:49:37.000Z"],
  ["Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00.000Z"],
  ["1 jan 69 0:0:0", "2069-01-01T00:00:00.000Z"],
  ["1 January 70 0:0:0", "1970-01-01T00:00:00.000Z"],
  ["09 Jun 2021 10:18:14 +0200", "2021-06-09T10:18:14.000Z"],
  ["Tue, 29 Feb 2028 23:59:59 GMT", "2028-02-29T23:59:59.000Z"],
  ["Mon, 30 Feb 2026 10:00:00 GMT", null],
  ["09 Jun 2021 24:00:00", null],
  ["09 Jun 1600 10:00:00", null],
  ["2030", null],
  ["tomorrow", null],
  ["", null],
];

for (const [text, iso] of DATES) {
  Deno.test(`parseCookieDate(${JSON.stringify(text)}) is ${iso}`, () => {
    const date_ms = parseCookieDate(text);
    assertEquals(date_ms === null ? null : new Date(date_ms).toISOString(), iso);
  });
}

const ENDS: [attributes: string, expires_ms: number][] = [
  ["", Infinity],
  ["Max-Age=5", 6_000],
  ["Max-Age=0", 0],
  ["Max-Age=-1", 0],
  ["Max-Age=x", Infinity],
  ["Max-Age=", Infinity],
  ["Max-Age=+5", Infinity],
  ["Max-Age=5; max-age=x", 6_000],
  ["Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0],
  ["expires=Thu, 01 Jan 1970 00:00:09 GMT; Max-Age=5", 6_000],
  ["Expires=garbage", Infinity],
];

for (const [attributes, expires_ms] of ENDS) {
  Deno.test(`a cookie with ${attributes || "no attribute"} ends at ${expires_ms}`, () => {
    assertEquals(parseSetCookie(`a=1; ${attributes}`, 1_000)!.expires_ms, expires_ms);
  });
}

const PAIRS: [header: string, pair: string | null][] = [
  [" a = b c ;Path=/", "a=b c"],
  ['a="b c"', 'a="b c"'],
  ["a=b=c", "a=b=c"],
  ["a=", "a="],
  ["ü=é", "ü=é"],
  ["a", null],
  ["=x", null],
  ["", null],
  ["; a=1", null],
  ["a=\x01", null],
  ["a=1; Path=/\x7f", null],
];

for (const [header, pair] of PAIRS) {
  Deno.test(`Set-Cookie: ${JSON.stringify(header)} sends back ${pair}`, () => {
    assertEquals(parseSetCookie(header, 0)?.pair ?? null, pair);
  });
}

Deno.test("parseSetCookie keeps the attributes for response.cookies, the last of a name", () => {
  const header = 'a="1"; Path=/x; path=/y; Domain=.Ex.Com; Domain=; HTTPONLY; Secure=no; Max-Age=9';
  assertEquals(parseSetCookie(header, 0)!.cookie, {
    name: "a",
    value: "1",
    domain: ".Ex.Com",
    path: "/y",
    http_only: true,
    secure: true,
    max_age: 9,
    expires: 0,
  });
});
