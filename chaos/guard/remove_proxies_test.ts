import { assertEquals } from "@std/assert";
import { type Call, removeProxies } from "./remove_proxies.ts";

const API = "http://127.0.0.1:8474";

/** A Toxiproxy with these proxies; it records all other calls. */
function server(names: readonly string[], failing = "") {
  const calls: string[] = [];
  const call: Call = (method, url) => {
    const path = url.slice(API.length);
    if (method === "GET") {
      return Promise.resolve({ status: 200, json: Object.fromEntries(names.map((n) => [n, {}])) });
    }
    calls.push(`${method} ${path}`);
    if (path === failing) return Promise.reject(new Error("no answer within 700 ms"));
    return Promise.resolve({ status: 204, json: null });
  };
  return { call, calls };
}

Deno.test("removeProxies removes the lab's proxies and leaves others alone", async () => {
  const { call, calls } = server(["chaos-1-source", "theirs", "chaos-2-source"]);
  await removeProxies({ api: API, prefix: "chaos-1-" }, call, () => {});
  assertEquals(calls, ["DELETE /proxies/chaos-1-source"]);
});

Deno.test("removeProxies reports a step that fails and continues", async () => {
  const { call, calls } = server(["x-a", "x-b"], "/proxies/x-a");
  const steps: string[] = [];
  await removeProxies({ api: API, prefix: "x-" }, call, (step) => steps.push(step));
  assertEquals(calls, ["DELETE /proxies/x-a", "DELETE /proxies/x-b"]);
  assertEquals(steps, [
    `read proxies at ${API}: 200`,
    `remove proxy x-a at ${API} failed: no answer within 700 ms`,
    `remove proxy x-b at ${API}: 204`,
  ]);
});
