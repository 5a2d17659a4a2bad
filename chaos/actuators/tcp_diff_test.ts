import { assertEquals } from "@std/assert";
import type { ProxyView } from "../../tools/toxiproxy/mod.ts";
import { diffProxies } from "./tcp_diff.ts";

const toxic = {
  name: "t",
  type: "latency" as const,
  stream: "downstream",
  toxicity: 1,
  attributes: { latency: 1, jitter: 0 },
};
const proxy: ProxyView = { name: "a", listen: "l:1", upstream: "u:1", enabled: true, toxics: [] };

Deno.test("diffProxies says nothing where nothing differs", () => {
  assertEquals(diffProxies({ a: proxy }, { a: { ...proxy } }), []);
});

Deno.test("diffProxies names every difference", () => {
  const now = { ...proxy, enabled: false, upstream: "u:2", toxics: [toxic] };
  assertEquals(diffProxies({ a: proxy, b: { ...proxy, name: "b" } }, { a: now, c: proxy }), [
    "proxy a is disabled",
    "proxy a has upstream u:2, had u:1",
    "proxy a still has toxic t",
    "proxy b is gone",
    "proxy c was not there before",
  ]);
  const other = { ...proxy, toxics: [{ ...toxic, toxicity: 0.5 }] };
  assertEquals(diffProxies({ a: { ...proxy, toxics: [toxic] } }, { a: other }), [
    "proxy a has another t",
  ]);
  assertEquals(diffProxies({ a: { ...proxy, toxics: [toxic] } }, { a: proxy }), [
    "proxy a lacks toxic t",
  ]);
});
