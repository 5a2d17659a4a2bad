import { assert, assertEquals, assertThrows } from "@std/assert";
import { pointedAt, runCurl } from "./run_curl.ts";

const URLS = { data_server: "http://127.0.0.1:1", metrics_server: "http://127.0.0.1:2" };

Deno.test("pointedAt moves a default port to where the service is", () => {
  assertEquals(
    pointedAt("curl 'http://127.0.0.1:8080/a?b=c'", URLS),
    "curl 'http://127.0.0.1:2/a?b=c'",
  );
  assertEquals(
    pointedAt("curl http://127.0.0.1:9001/counters", URLS),
    "curl http://127.0.0.1:1/counters",
  );
});

Deno.test("pointedAt refuses a port no service has by default", () => {
  assertThrows(
    () => pointedAt("curl http://127.0.0.1:80/", URLS),
    Error,
    "http://127.0.0.1:80: no service has this port by default",
  );
});

Deno.test("runCurl sends the method and headers and gives the body, with -i the head before it", async () => {
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
