import { assertEquals, assertThrows } from "@std/assert";
import { parseCurl } from "./curl.ts";

Deno.test("parseCurl takes the URL as it is quoted", () => {
  const request = { method: "GET", headers: {}, shows_headers: false };
  for (const url of ["'http://h/a?b=1&c=2'", '"http://h/a?b=1&c=2"']) {
    assertEquals(parseCurl(`curl ${url}`), { url: "http://h/a?b=1&c=2", ...request });
  }
  assertEquals(parseCurl("curl http://h/a"), { url: "http://h/a", ...request });
});

Deno.test("parseCurl takes -i, -I, -X and -H", () => {
  assertEquals(parseCurl(`curl -i -X DELETE -H 'If-None-Match: "a", *' http://h/`), {
    url: "http://h/",
    method: "DELETE",
    headers: { "If-None-Match": '"a", *' },
    shows_headers: true,
  });
  assertEquals(parseCurl("curl -I http://h/").method, "HEAD");
});

const REFUSED: [command: string, message: string][] = [
  ["wget http://h", "wget http://h: must start with curl"],
  ["curl", "curl: a URL is missing"],
  ["curl -o f http://h", "curl -o f http://h: option -o is not known here"],
  ["curl http://h http://i", "curl http://h http://i: one URL, got also http://i"],
  ["curl http://h?a&b", "curl http://h?a&b: needs a shell; quote it with '…'"],
  ['curl "http://$HOST"', `curl "http://$HOST": needs a shell; quote it with '…'`],
  ["curl http://h | jq", "curl http://h | jq: needs a shell; quote it with '…'"],
  ["curl http://h -H", "curl http://h -H: -H needs a value"],
  ["curl -H abc http://h", 'curl -H abc http://h: -H "abc" must be "Name: value"'],
];

for (const [command, message] of REFUSED) {
  Deno.test(`parseCurl refuses ${command}`, () => {
    assertThrows(() => parseCurl(command), Error, message);
  });
}
