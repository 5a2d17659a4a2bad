import { assert, assertEquals, assertThrows } from "@std/assert";
import { parseCurl, pointedAt, runCurl } from "./curl.ts";

Deno.test("parseCurl takes a URL in either kind of quotes", () => {
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

const URLS = { data_server: "http://127.0.0.1:1", metrics_server: "http://127.0.0.1:2" };

Deno.test("pointedAt replaces a default port by the service's address", () => {
  assertEquals(
    pointedAt("curl 'http://127.0.0.1:8080/a?b=c'", URLS),
    "curl 'http://127.0.0.1:2/a?b=c'",
  );
  assertEquals(
    pointedAt("curl http://127.0.0.1:9001/counters", URLS),
    "curl http://127.0.0.1:1/counters",
  );
});

Deno.test("pointedAt refuses a port that no service has by default", () => {
  assertThrows(
    () => pointedAt("curl http://127.0.0.1:80/", URLS),
    Error,
    "http://127.0.0.1:80: no service has this port by default",
  );
});

Deno.test("runCurl sends method and headers and returns the body, with -i the head before it", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request) =>
      new Response(`${request.method} ${request.headers.get("x-a")}`, {
        status: 404,
        headers: { "x-b": "c" },
      }),
  );
  const url = `http://127.0.0.1:${server.addr.port}/`;
  assertEquals(await runCurl(`curl -H 'x-a: 1' ${url}`), "GET 1");
  const output = await runCurl(`curl -i -X POST ${url}`);
  const [head, body] = output.split("\n\n");
  assertEquals(body, "POST null");
  assertEquals(head.split("\n")[0], "HTTP/1.1 404 Not Found");
  assert(head.split("\n").includes("x-b: c"), head);
});
