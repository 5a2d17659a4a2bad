import { assertEquals, assertRejects } from "@std/assert";
import { fetchRaw } from "../../tools/http/mod.ts";
import { difference } from "./bare_answer.ts";
import { startBareServer, startDeno, startRefreshSource } from "./services.ts";

Deno.test("startDeno() names the process that failed and its exit code", async () => {
  await using child = startDeno("the child", ["eval", "Deno.exit(7)"], {});
  await assertRejects(
    () => child.failed,
    Error,
    "the child ended with exit code 7 during the measurement",
  );
});

Deno.test("startBareServer() sends exactly the given response until it is disposed of", async () => {
  const answer = {
    status: 203,
    headers: [["etag", 'W/"a-1"'], ["x-data-age-ms", "820"]] as [string, string][],
    body: '{"value":"ä"}',
  };
  let host: string;
  {
    await using bare = await startBareServer("bare", answer);
    ({ host } = bare);
    const got = await fetchRaw({ host, path: "/anything" });
    const { status, headers } = answer;
    const body = new TextEncoder().encode(answer.body);
    const written = got.headers.filter(([name]) => ["date", "content-length"].includes(name));
    assertEquals(difference({ status, headers: [...headers, ...written], body }, got), null);
  }
  await assertRejects(() => fetchRaw({ host, path: "/" }), Error, "connect_refused");
});

Deno.test("startBareServer() sends 304 always, or only for a matching ETag", async () => {
  const answer = { status: 304, headers: [["etag", '"x"']] as [string, string][], body: null };
  const statusOf = async (host: string, tag: string) => {
    const { status, body } = await fetchRaw({ host, path: "/", headers: [["If-None-Match", tag]] });
    assertEquals(body.length, 0);
    return status;
  };
  await using bare = await startBareServer("bare", answer);
  await using conditional = await startBareServer("bare", { ...answer, if_none_match: '"x"' });
  assertEquals(await statusOf(bare.host, '"y"'), 304);
  assertEquals(await statusOf(conditional.host, '"x"'), 304);
  assertEquals(await statusOf(conditional.host, '"y"'), 200);
});

Deno.test("startRefreshSource() serves rows × fields, with no more permissions than it is given", async () => {
  await using source = await startRefreshSource(3, 2);
  const { body } = await fetchRaw({ host: source.host, path: "/counters" });
  const [head, ...rows] = new TextDecoder().decode(body).trim().split("\n");
  assertEquals([head.split(",").length, rows.length], [3, 3]);
});
