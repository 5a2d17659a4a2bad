import { assertEquals } from "@std/assert";
import { parseModule } from "./parse_module.ts";

/** `call:line`, with a `?` if the call is only possible. */
async function useOf(source: string, url = "file:///s.js"): Promise<string | null> {
  const { blocking } = await parseModule(source, url);
  return blocking && `${blocking.call}:${blocking.line}${blocking.is_certain ? "" : "?"}`;
}

for (
  const [source, expected] of [
    [`import http from "k6/http";\nhttp.get("x");`, "http.get:2"],
    [`import h from "k6/http";\n\nh.batch([]);`, "h.batch:3"],
    [`import * as http from "k6/http"; http["get"]("x")`, "http.get:1"],
    [`import * as http from "k6/http"; http[m]("x")`, "http[…]:1"],
    [`import { post as send } from "k6/http"; send("x")`, "send:1"],
    [`import { get } from "k6/http"; urls.map(get)`, "get:1"],
    [`import { sleep } from "k6"; export default () => sleep(1);`, "sleep:1"],
    [`import k6 from "k6"; k6.sleep(1);`, "k6.sleep:1"],
    [`import * as k6 from "k6"; k6.default?.sleep?.(1);`, "k6.sleep:1"],
    [`import http from "k6/http"; \`\${http.get("x").body}\``, "http.get:1"],
    [`import http from "k6/http"; const { asyncRequest, get: g } = http;`, "http.get:1"],
    [`import http from "k6/http"; const client = http;\nclient.get("x");`, "client.get:2"],
    [`import http from "k6/http"; http.get.call(null, "x")`, "http.get:1"],
    [`const http = require("k6/http");\nhttp.get("x");`, "http.get:2"],
    [`require("k6").sleep(1)`, "k6.sleep:1"],
    [`const { default: http } = await import("k6/http");`, "k6/http:1?"],
    [`export { default as http } from "k6/http";`, "default:1?"],
    [`export * from "k6/http";`, "k6/http:1?"],
    [`export * as http from "k6/http";`, "k6/http:1?"],
    [`import http from "k6/http"; export { http };`, "http:1?"],
    [`import http from "k6/http"; export default http;`, "http:1?"],
    [`import http from "k6/http"; this.c = http;`, "http:1?"],
    [`import http from "k6/http"; class A { c = http; }`, "http:1?"],
    [`import http from "k6/http"; use({ http });`, "http:1?"],
    [`import http from "k6/http"; const c = { ...http };`, "http:1?"],
    [`import http from "k6/http"; const { ...c } = http;`, "http:1?"],
    [`import http from "k6/http"; const f = (c = http) => c;`, "http:1?"],
    [`import http from "k6/http"; eval("http.get()");`, "eval:1?"],
    [`import http from "k6/http"; use(http);\nhttp.get("x");`, "http.get:2"],
    [`const name = "k6/http"; await import(name);`, "import(…):1?"],
    [`import http from "k6/http"; http.asyncRequest("GET", "x");`, null],
    [`import http from "k6/http"; const { asyncRequest } = http; typeof http;`, null],
    [`import http from "k6/http"; // http.get("x")\n"http.get('x')"`, null],
    [`import http from "./http.js"; http.get("x");`, null],
    [`import { sleep } from "k6"; const a = { sleep: 1 }; a.sleep(2);`, null],
    [`import http from "k6/http"; http.expectedStatuses(200); http.cookieJar();`, null],
    [`import { check } from "k6"; export { check }; export { group } from "k6";`, null],
    [`const { check } = require("k6"); module.exports = { check };`, null],
  ] as const
) {
  Deno.test(`findBlockingUse finds ${expected ?? "none"} in ${source.replaceAll("\n", " ")}`, async () => {
    assertEquals(await useOf(source), expected);
  });
}

Deno.test("findBlockingUse leaves out TypeScript's types and sees through its casts", async () => {
  const head = `import http from "k6/http"; let c: typeof http; import type h from "k6/http";`;
  assertEquals(await useOf(head, "file:///s.ts"), null);
  assertEquals(await useOf(`${head}\n(http as any).get(x! / 2);`, "file:///s.ts"), "http.get:2");
});
