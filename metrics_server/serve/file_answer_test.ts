import { assert, assertEquals, assertLess, assertMatch, assertNotEquals } from "@std/assert";
import { FileAnswer } from "./file_answer.ts";
import { GZIP_BYTES_MIN } from "./bodies.ts";

const TEXT = "let a = 1;\n".repeat(GZIP_BYTES_MIN);
const file = fileOf(TEXT);

function fileOf(text: string): FileAnswer {
  const headers = { "x-content-type-options": "nosniff" };
  return new FileAnswer(new TextEncoder().encode(text), "text/javascript", headers);
}

async function send(headers: Record<string, string> = {}, method = "GET", target = file) {
  return await target.answer(new Request("http://localhost/a.js", { method, headers }), "/a.js");
}

Deno.test("FileAnswer sends the bytes with type, length, ETag and its headers", async () => {
  const answer = await send();
  assertEquals(Object.fromEntries(answer.headers), {
    "cache-control": "no-cache",
    "content-length": String(TEXT.length),
    "content-type": "text/javascript",
    "etag": file.etag,
    "vary": "accept-encoding",
    "x-content-type-options": "nosniff",
  });
  assertMatch(file.etag, /^W\/"[0-9a-f]{16}"$/);
  assertEquals(await answer.text(), TEXT);
});

Deno.test("FileAnswer sends gzip on request, unless the file is short", async () => {
  const answer = await send({ "accept-encoding": "gzip" });
  assertEquals(answer.headers.get("content-encoding"), "gzip");
  const bytes = await answer.bytes();
  assertEquals(answer.headers.get("content-length"), String(bytes.length));
  assertLess(bytes.length, TEXT.length / 4);
  const plain = new Response(bytes).body!.pipeThrough(new DecompressionStream("gzip"));
  assertEquals(await new Response(plain).text(), TEXT);
  const short = await send({ "accept-encoding": "gzip" }, "GET", fileOf("let a = 1;"));
  assertEquals([short.headers.get("content-encoding"), await short.text()], [null, "let a = 1;"]);
});

Deno.test("FileAnswer answers HEAD with the headers of GET, in both encodings", async () => {
  const both: Record<string, string>[] = [{}, { "accept-encoding": "gzip" }];
  for (const headers of both) {
    const head = await send(headers, "HEAD");
    assertEquals([...head.headers], [...(await send(headers)).headers]);
    assertEquals(head.body, null);
  }
});

Deno.test("FileAnswer answers 304 to a matching ETag, with its headers", async () => {
  for (const tags of [file.etag, `"other", ${file.etag}`, file.etag.slice(2), "*"]) {
    const answer = await send({ "if-none-match": tags, "accept-encoding": "gzip" });
    assertEquals([answer.status, answer.body], [304, null], tags);
    assert(answer.headers.has("x-content-type-options"));
  }
  assertEquals((await send({ "if-none-match": '"other"' })).status, 200);
});

Deno.test("FileAnswer answers other methods with 405 and Allow", async () => {
  const answer = await send({}, "POST");
  assertEquals([answer.status, answer.headers.get("allow")], [405, "GET, HEAD"]);
  assertEquals((await answer.json()).detail, "/a.js does not take POST: use GET or HEAD");
});

Deno.test("FileAnswer has one ETag per content", () => {
  assertNotEquals(fileOf("let a = 2;").etag, fileOf("let a = 1;").etag);
  assertEquals(fileOf(TEXT).etag, file.etag);
});
