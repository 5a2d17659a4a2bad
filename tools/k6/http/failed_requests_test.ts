import { assert, assertEquals, assertMatch } from "@std/assert";
import { freePort } from "../../processes/mod.ts";
import { iterate, ok } from "../testing/run_script.ts";

Deno.test("unreachable hosts give k6's error codes and count as failed", async () => {
  const port = freePort();
  const { said, metrics } = await iterate(
    `
    for (const url of ["http://127.0.0.1:${port}/", "http://no-such-name.invalid/"]) {
      const r = await http.asyncRequest("GET", url);
      say(r.status, r.error_code);
    }`,
    () => ok(),
  );
  assertEquals(said, [[0, 1212], [0, 1101]]);
  assertEquals(metrics.http_req_failed.values.rate, 1);
  assert(!("http_req_duration" in metrics), "a refused request has no duration of 0 ms");
  assertEquals(metrics.http_reqs.values.count, 2);
});

Deno.test("the response of a failed request has no headers, cookies or status text", async () => {
  const { said } = await iterate(
    `const r = await get("/");
    say(r.headers, r.cookies, r.status_text, r.proto, r.body, JSON.parse(JSON.stringify(r)).error);`,
    () => null,
  );
  assertEquals(said, [[{}, {}, "", "", null, "unexpected EOF"]]);
});

Deno.test("a request that times out gives error code 1050", async () => {
  const { said } = await iterate(
    `const r = await get("/", { timeout: "100ms" }); say(r.status, r.error_code);`,
    () => "",
  );
  assertEquals(said, [[0, 1050]]);
});

Deno.test("a failed request throws if throw is set", async () => {
  const { stderr } = await iterate(`await get("/", { throw: true });`, () => null);
  assertMatch(stderr, /ERRO\[\d+\] Error: GET http:\/\/127\.0\.0\.1/);
});

Deno.test("an invalid URL gives error code 1020 and counts no request", async () => {
  const { said, metrics } = await iterate(
    `const r = await http.asyncRequest("GET", "nowhere"); say(r.status, r.error_code);`,
    () => ok(),
  );
  assertEquals(said, [[0, 1020]]);
  assert(!("http_reqs" in metrics));
});

Deno.test("a POST is not sent again when the server closed the kept connection", async () => {
  let answered = 0;
  const { said } = await iterate(
    `
    await get("/");
    const r = await http.asyncRequest("POST", __ENV.URL, "x");
    say(r.status, r.error);`,
    () => ++answered === 2 ? null : ok(),
  );
  assertEquals(said, [[0, "unexpected EOF"]]);
});
