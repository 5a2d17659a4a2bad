import { assertEquals } from "@std/assert";
import { FilledStore, TestServer } from "../testing/test_server.ts";

const LIST = "/telemetry/ListMetrics";

/** Rows read 100 ms, an hour and 200 ms before now. */
const HANGING = "timestamp,switch_id,a\n" +
  "1700000000000000,sw-0,1\n1699996400100000,sw-1,2\n1699999999900000,sw-2,3\n";

for (const query of ["", "?limit=9", "?switch_id=sw-*"]) {
  Deno.test(`ListMetrics${query} has the age of its newest row, and items have their row times`, async () => {
    const filled = new FilledStore().take(HANGING, "b-1", 1_700_000_000_050);
    const tested = new TestServer(filled.store, { max_stale_ms: 5000 });
    tested.now_ms = 1_700_000_000_100;
    const { status, body } = await tested.json(`${LIST}${query}`);
    assertEquals([status, body.age_ms], [200, 100]);
    assertEquals(
      body.items.map(({ timestamp }: { timestamp: number }) => timestamp),
      [1700000000000000, 1699996400100000, 1699999999900000],
    );
    const alone = await tested.json("/telemetry/GetMetric?switch_id=sw-1&metric=a");
    assertEquals([alone.status, alone.body.age_ms], [503, 3_600_000]);
  });
}

/** A fresh source and a dead one. */
function freshAndDead(options?: { max_stale_ms?: number }): TestServer {
  const filled = new FilledStore(["http://fresh/", "http://dead/"])
    .take("switch_id,a\nsw-0,1\n", "f-1", 999_900).take("switch_id,a\nsw-1,2\n", "d-1", 900_000, 1);
  return new TestServer(filled.store, options);
}

Deno.test("A list reports the age of its own rows, not of unlisted sources", async () => {
  const ages: readonly [query: string, age_ms: number][] = [
    ["switch_id=sw-0", 100],
    ["switch_id=sw-0&format=csv", 100],
    ["switch_id=sw-1", 100_000],
    ["switch_id=sw-0,sw-1", 100_000],
    ["switch_id=none*", 100_000],
    ["limit=1", 100],
    ["fields=a", 100_000],
  ];
  for (const [query, age_ms] of ages) {
    const response = await freshAndDead().request(`${LIST}?${query}`);
    assertEquals(response.headers.get("x-data-age-ms"), String(age_ms), query);
    await response.body?.cancel();
  }
});

Deno.test("A list of fresh rows is served while another source is stale", async () => {
  const tested = freshAndDead({ max_stale_ms: 5000 });
  assertEquals((await tested.json(`${LIST}?switch_id=sw-0`)).status, 200);
  assertEquals((await tested.json(`${LIST}?switch_id=sw-1`)).status, 503);
  assertEquals((await tested.json(`${LIST}?switch_id=sw-0&max_age_ms=99`)).status, 503);
});

Deno.test("A list older than a bound is 503, not 304, for a client that has it", async () => {
  const init = { headers: { "if-none-match": "*" } };
  for (const query of ["", "?limit=9", "?format=csv"]) {
    const tested = freshAndDead({ max_stale_ms: 100_000 });
    assertEquals((await tested.request(`${LIST}${query}`, init)).status, 304);
    tested.now_ms++;
    const { status, body } = await tested.json(`${LIST}${query}`, init);
    assertEquals([status, body.type], [503, "urn:fabric-telemetry:problem:too-stale"], query);
  }
});

Deno.test("An invalid query is reported before If-None-Match is evaluated", async () => {
  const init = { headers: { "if-none-match": "*" } };
  const statuses = ["fields=none", "switch_id=sw-9", "cursor=none", "limit=0", "fields=a", ""];
  const answered = await Promise.all(
    statuses.map(async (query) => (await freshAndDead().request(`${LIST}?${query}`, init)).status),
  );
  assertEquals(answered, [404, 404, 400, 400, 304, 304]);
});
