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

const HANGING_MS = 1_700_000_000_100;

function hanging(options?: ConstructorParameters<typeof TestServer>[1]): TestServer {
  const filled = new FilledStore().take(HANGING, "b-1", 1_700_000_000_050);
  const tested = new TestServer(filled.store, options);
  tested.now_ms = HANGING_MS;
  return tested;
}

/** Status, and the ages of the newest and the oldest row in the headers. */
async function ages(tested: TestServer, query: string, init?: RequestInit): Promise<unknown[]> {
  const { status, headers, body } = await tested.request(`${LIST}${query}`, init);
  await body?.cancel();
  return [status, headers.get("x-data-age-ms"), headers.get("x-oldest-row-age-ms")];
}

Deno.test("Lists have the age of their oldest row beside the newest, in every format", async () => {
  for (const query of ["", "?limit=2", "?format=csv", "?format=ndjson", "?switch_id=sw-*"]) {
    assertEquals(await ages(hanging(), query), [200, "100", "3600000"], query);
    const init = { headers: { "if-none-match": "*" } };
    assertEquals(await ages(hanging(), query, init), [304, "100", "3600000"], query);
  }
  assertEquals(await ages(hanging(), "?switch_id=sw-0,sw-2"), [200, "100", "200"]);
  assertEquals(await ages(freshAndDead(), ""), [200, "100000", null], "rows without times");
});

Deno.test("A list with a named row over a bound is 503, as GetMetric is", async () => {
  const bounds = [["", { max_stale_ms: 5000 }], ["&max_age_ms=5000", {}]] as const;
  for (const [query, options] of bounds) {
    const status = async (ids: string) =>
      (await ages(hanging(options), `?switch_id=${ids}${query}`))[0];
    assertEquals(await Promise.all(["sw-1", "sw-0,sw-1", "sw-0*,sw-1"].map(status)), [
      503,
      503,
      503,
    ]);
    assertEquals(await Promise.all(["sw-0,sw-2", "sw-*", "sw-0,sw-*"].map(status)), [
      200,
      200,
      200,
    ]);
  }
  const { body, response } = await hanging({ max_stale_ms: 5000 }).json(`${LIST}?switch_id=sw-1`);
  assertEquals([body.age_ms, response.headers.get("x-data-age-ms")], [3_600_000, "3600000"]);
});

Deno.test("max_row_age_ms leaves out older rows and counts them, in every format", async () => {
  for (const format of ["json", "csv", "ndjson"]) {
    const list = async (max_ms: number) => {
      const query = `${LIST}?fields=a&format=${format}&max_row_age_ms=${max_ms}`;
      const response = await hanging().request(query);
      const ids = (await response.text()).match(/sw-\d/g) ?? [];
      const { headers } = response;
      return [ids.join(), headers.get("x-rows-too-old"), headers.get("x-oldest-row-age-ms")];
    };
    assertEquals(await list(3_600_000), ["sw-0,sw-1,sw-2", "0", "3600000"]);
    assertEquals(await list(3_599_999), ["sw-0,sw-2", "1", "200"]);
    assertEquals(await list(199), ["sw-0", "2", "100"]);
    assertEquals(await list(0), ["", "3", null]);
  }
});

Deno.test("Pages with max_row_age_ms count each row left out once", async () => {
  const tested = hanging();
  let target = `${LIST}?limit=1&max_row_age_ms=1000`;
  const pages: unknown[] = [];
  for (let cursor: string | null = ""; cursor !== null;) {
    const { body, response } = await tested.json(`${target}${cursor && `&cursor=${cursor}`}`);
    pages.push([body.items[0]?.switch_id, response.headers.get("x-rows-too-old")]);
    cursor = body.next_cursor;
  }
  assertEquals(pages, [["sw-0", "1"], ["sw-2", "0"]]);
  target = `${LIST}?switch_id=sw-1,sw-2&max_row_age_ms=1000`;
  const { body } = await tested.json(target);
  assertEquals(body.items.length, 1, "a named row that is left out is no error");
});

Deno.test("A list with max_row_age_ms gets no 304, because rows age without a snapshot", async () => {
  const init = { headers: { "if-none-match": "*" } };
  assertEquals((await ages(hanging(), "?max_row_age_ms=1000", init))[0], 200);
  for (const value of ["", "-1", "1.5", "soon"]) {
    const { status, body } = await hanging().json(`${LIST}?max_row_age_ms=${value}`);
    assertEquals([status, body.parameter], [400, "max_row_age_ms"], value);
  }
});

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
