import { assertEquals } from "@std/assert";
import { brokenHost, splitUrl } from "./request_target.ts";

Deno.test("splitUrl gives path and query as they came, without normalizing them", () => {
  const split: [url: string, path: string, query: string][] = [
    ["http://localhost:8080/stats", "/stats", ""],
    ["http://x/stats?a=/b?c", "/stats", "a=/b?c"],
    ["http://x//stats/../y?", "//stats/../y", ""],
    ["http://x/%zz", "/%zz", ""],
    ["http://x", "/", ""],
  ];
  for (const [url, ...parts] of split) assertEquals(splitUrl(url), parts);
});

function hostFound(url: string, host: string | null): string | null {
  return brokenHost({ url, headers: new Headers(host === null ? {} : { host }) });
}

Deno.test("brokenHost has nothing against the hosts that there are, or against none", () => {
  for (const host of ["localhost", "a.example:8080", "[::1]:8080", "größe", "a_b", ""]) {
    assertEquals(hostFound(`http://${host || "localhost"}/stats?x=/y?z`, host), null, host);
  }
  assertEquals(hostFound("http://127.0.0.1:8080/stats", null), null);
});

Deno.test("brokenHost gives a Host that would be taken for the path or the query", () => {
  for (const host of ["a/b", "a/healthz?", "a?", "a#b", "/", "?x=/"]) {
    assertEquals(hostFound(`http://${host}/stats`, host), host);
  }
});

Deno.test("brokenHost gives the host of a whole URL in the request line, too", () => {
  assertEquals(hostFound("http://a?b/stats", "good"), "a?b");
  assertEquals(hostFound("http://a?b", "good"), "a?b");
  assertEquals(hostFound("http://a/stats?b", "good"), null);
});
