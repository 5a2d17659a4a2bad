import { assertEquals } from "@std/assert";
import { addressOf } from "./source_url.ts";

Deno.test("addressOf() accepts CSV, and is conditional only with an ETag", () => {
  const first = addressOf("http://host:9001/csv/metrics?shard=0", null);
  assertEquals(first.url.href, "http://host:9001/csv/metrics?shard=0");
  assertEquals(first.headers, [
    ["accept", "text/csv, text/plain;q=0.9, */*;q=0.1"],
    ["accept-encoding", "identity"],
    ["accept-encoding", "gzip"],
  ]);
  const conditional = new Headers(addressOf("http://host/", '"a-1"').headers);
  assertEquals(conditional.get("if-none-match"), '"a-1"');
});

for (
  const [url, pair] of [
    ["http://u:p@host/csv", "u:p"],
    ["http://u@host/csv", "u:"],
    ["http://:p@host/csv", ":p"],
    ["http://a%40b:p%3Aq@host/csv", "a@b:p:q"],
    ["http://u:50%@host/csv", "u:50%"],
    ["http://ü:€@host/csv", "ü:€"],
  ]
) {
  Deno.test(`addressOf("${url}") sends user and password as Basic authentication`, () => {
    const { url: address, headers } = addressOf(url, null);
    assertEquals(address.href, "http://host/csv");
    const coded = new Headers(headers).get("authorization")!.slice("Basic ".length);
    const bytes = Uint8Array.from(atob(coded), (char) => char.charCodeAt(0));
    assertEquals(new TextDecoder().decode(bytes), pair);
  });
}
