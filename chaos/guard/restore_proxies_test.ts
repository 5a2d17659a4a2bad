import { assertEquals } from "@std/assert";
import { type Call, restoreProxies } from "./restore_proxies.ts";

const API = "http://127.0.0.1:8474";

function proxy(name: string, toxics: string[] = [], enabled = true) {
  const all = toxics.map((toxic) => ({ name: toxic, type: "latency", attributes: {} }));
  return { name, listen: "127.0.0.1:1", upstream: "127.0.0.1:2", enabled, toxics: all };
}

/** A Toxiproxy that answers GET /proxies with this, and keeps what else it was asked. */
function server(now: Record<string, unknown>, failing = "") {
  const calls: string[] = [];
  const call: Call = (method, url, body) => {
    const path = url.slice(API.length);
    if (method === "GET") return Promise.resolve({ status: 200, json: now });
    const enabled = (body as { enabled?: boolean } | undefined)?.enabled;
    calls.push(`${method} ${path}${enabled === undefined ? "" : ` enabled=${enabled}`}`);
    if (path === failing) return Promise.reject(new Error("no answer within 700 ms"));
    return Promise.resolve({ status: 204, json: null });
  };
  return { call, calls };
}

Deno.test("restoreProxies removes ours and leaves others alone where ours have a prefix", async () => {
  const { call, calls } = server({
    "chaos-1-source": proxy("chaos-1-source", ["x"]),
    theirs: proxy("theirs", ["t"], false),
  });
  await restoreProxies({ api: API, before: {}, prefix: "chaos-1-" }, call, () => {});
  assertEquals(calls, ["DELETE /proxies/chaos-1-source"]);
});

Deno.test("restoreProxies puts proxies back to how they were found", async () => {
  const before = { a: proxy("a", ["kept", "lost"]), b: proxy("b"), gone: proxy("gone") };
  const { call, calls } = server({
    a: proxy("a", ["kept", "ours"]),
    b: proxy("b", [], false),
    new: proxy("new"),
  });
  await restoreProxies({ api: API, before }, call, () => {});
  assertEquals(calls, [
    "DELETE /proxies/new",
    "DELETE /proxies/a/toxics/ours",
    "POST /proxies/a/toxics",
    "PATCH /proxies/b enabled=true",
    "POST /proxies enabled=true",
  ]);
});

Deno.test("restoreProxies goes on where a step fails, and tells of it", async () => {
  const { call, calls } = server({ a: proxy("a"), b: proxy("b") }, "/proxies/a");
  const steps: string[] = [];
  await restoreProxies({ api: API, before: {} }, call, (step) => steps.push(step));
  assertEquals(calls, ["DELETE /proxies/a", "DELETE /proxies/b"]);
  assertEquals(steps, [
    `read proxies at ${API}: 200`,
    `remove proxy a at ${API} failed: no answer within 700 ms`,
    `remove proxy b at ${API}: 204`,
  ]);
});
