import { assertEquals } from "@std/assert";
import { emptyStats, withoutCredentials } from "./poller_stats.ts";

Deno.test("withoutCredentials() shows a URL without user and password", () => {
  assertEquals(withoutCredentials("http://user:secret@host:1/csv?a=b"), "http://host:1/csv?a=b");
});

Deno.test("emptyStats() starts closed, at zero, with nothing held", () => {
  const { url, polls, circuit, snapshot_id, last_success } = emptyStats("http://u:p@host/");
  assertEquals([url, polls, circuit, snapshot_id, last_success], [
    "http://host/",
    0,
    "closed",
    null,
    null,
  ]);
});
