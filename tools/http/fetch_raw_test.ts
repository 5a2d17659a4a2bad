import { assertEquals, assertRejects } from "@std/assert";
import { freePort } from "../processes/mod.ts";
import { fetchJson, fetchRaw } from "./fetch_raw.ts";

Deno.test("fetchRaw() returns status, headers in wire order and body", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) =>
      new Response(`you sent ${request.headers.get("x-a")}`, {
        status: 404,
        headers: [["x-b", "1"], ["x-a", "2"], ["x-b", "3: 4"]],
      }),
  );
  const host = `127.0.0.1:${server.addr.port}`;
  const answer = await fetchRaw({ host, path: "/", headers: [["x-a", "b"]] });
  assertEquals(answer.status, 404);
  assertEquals(answer.headers.filter(([name]) => name.startsWith("x-")), [
    ["x-b", "1"],
    ["x-a", "2"],
    ["x-b", "3: 4"],
  ]);
  assertEquals(new TextDecoder().decode(answer.body), "you sent b");
});

Deno.test("fetchRaw() joins a body that arrives in chunks", async () => {
  const whole = "0123456789".repeat(50_000);
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response(whole),
  );
  const { body } = await fetchRaw({ host: `127.0.0.1:${server.addr.port}`, path: "/" });
  assertEquals(new TextDecoder().decode(body) === whole, true);
});

Deno.test("fetchRaw() names the request and the error kind", async () => {
  const host = `127.0.0.1:${freePort()}`;
  await assertRejects(
    () => fetchRaw({ host, path: "/x" }),
    Error,
    `Cannot get http://${host}/x: connect_refused`,
  );
});

Deno.test("fetchRaw() times out on a server that never responds", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await assertRejects(
    () => fetchRaw({ host: `127.0.0.1:${listener.addr.port}`, path: "/" }, 20),
    Error,
    "timeout",
  );
});

Deno.test("fetchJson() parses a 200 and names any other status", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    (request) => Response.json({ ok: true }, { status: request.url.endsWith("/a") ? 200 : 503 }),
  );
  const host = `127.0.0.1:${server.addr.port}`;
  assertEquals(await fetchJson(host, "/a"), { ok: true });
  await assertRejects(() => fetchJson(host, "/b"), Error, 'status 503: {"ok":true}');
});
