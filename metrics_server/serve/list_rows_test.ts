import { assertEquals } from "@std/assert";
import { emptyStats } from "../poll/mod.ts";
import { Store } from "../store.ts";
import { FilledStore, snapshotOf, TestServer } from "../testing/test_server.ts";
import { Prefixes } from "./list_rows.ts";

const encoder = new TextEncoder();

function begins(id: string, prefixes: readonly string[]): boolean {
  const bytes = encoder.encode(`xx${id}yy`);
  return new Prefixes(prefixes).begin(bytes, 2, bytes.length - 2);
}

Deno.test("Prefixes matches like startsWith(), whatever the prefixes share", () => {
  const texts = ["", "a", "ab", "abc", "abd", "b", "ba", "bab", "ö", "öa", "ö\u0000", "x", "aby"];
  for (const one of texts) {
    for (const two of texts) {
      for (const id of texts) {
        const expected = id.startsWith(one) || id.startsWith(two);
        assertEquals(begins(id, [one, two]), expected, JSON.stringify([id, one, two]));
      }
    }
  }
});

Deno.test("Prefixes reads no byte beyond the id; no prefix matches no id", () => {
  assertEquals(begins("ab", ["aby"]), false);
  assertEquals(begins("ab", []), false);
});

Deno.test("Prefixes works for the longest query string of three-byte characters", () => {
  const long = "€".repeat(8192);
  assertEquals([begins(long, [long, "x"]), begins(long.slice(1), [long])], [true, false]);
});

const LIST = "/telemetry/ListMetrics";
const FIRST = "switch_id,a\nsw-0,1\nsw-1,2\nsw-é,3\n";
const SECOND = "switch_id,a\nsw-1,20\nsw-2,30\nsw-é,40\nsw-3,50\n";

function filled(first = FIRST, second = SECOND): FilledStore {
  return new FilledStore(["http://a/", "http://b/"])
    .take(first, "a-1", 999_900).take(second, "b-1", 900_000, 1);
}

async function listed(store: FilledStore, query: string): Promise<[string, number][]> {
  const { body } = await new TestServer(store.store).json(`${LIST}?${query}`);
  return body.items.map((item: { switch_id: string; a: number }) => [item.switch_id, item.a]);
}

const ALL: [string, number][] = [["sw-0", 1], ["sw-1", 2], ["sw-é", 3], ["sw-2", 30], ["sw-3", 50]];

for (const query of ["", "limit=99", "switch_id=*", "fields=a", "switch_id=sw*,sw-1"]) {
  Deno.test(`ListMetrics?${query} lists an id of two sources once, with the first values`, async () => {
    assertEquals(await listed(filled(), query), ALL);
  });
}

Deno.test("A single id comes from the source that GetMetric serves", async () => {
  assertEquals(await listed(filled(), "switch_id=sw-1,sw-3"), [["sw-1", 2], ["sw-3", 50]]);
  const { body } = await new TestServer(filled().store)
    .json("/telemetry/GetMetric?switch_id=sw-1&metric=a");
  assertEquals(body.value, 2);
});

Deno.test("CSV and NDJSON list a repeated id once", async () => {
  for (const [format, lines] of [["csv", 6], ["ndjson", 5]] as const) {
    const answer = await new TestServer(filled().store).request(`${LIST}?format=${format}`);
    assertEquals((await answer.text()).trim().split("\n").length, lines, format);
  }
});

Deno.test("Pages list a repeated id once, without a gap", async () => {
  for (const limit of [1, 2, 3, 4]) {
    const paged: string[] = [];
    const tested = new TestServer(filled().store);
    for (let cursor: string | null = ""; cursor !== null;) {
      const from: string = cursor === "" ? "" : `&cursor=${cursor}`;
      const { body } = await tested.json(`${LIST}?limit=${limit}${from}`);
      paged.push(...body.items.map((item: { switch_id: string }) => item.switch_id));
      cursor = body.next_cursor;
    }
    assertEquals(paged, ALL.map(([id]) => id));
  }
});

Deno.test("A source without listed rows does not affect the age of a list", async () => {
  const replica = new TestServer(filled(FIRST, FIRST).store);
  for (const query of ["", "switch_id=sw-1", "format=csv"]) {
    const answer = await replica.request(`${LIST}?${query}`);
    assertEquals(answer.headers.get("x-data-age-ms"), "100", query);
    await answer.body?.cancel();
  }
});

Deno.test("An id that leaves the first source is listed from the second", async () => {
  const store = filled();
  assertEquals(await listed(store, "switch_id=sw-1"), [["sw-1", 2]]);
  store.take("switch_id,a\nsw-0,1\nsw-x,2\nsw-é,3\n", "a-2", 999_950);
  assertEquals(await listed(store, "switch_id=sw-1"), [["sw-1", 20]]);
  assertEquals((await listed(store, "")).filter(([id]) => id === "sw-1"), [["sw-1", 20]]);
});

Deno.test("Sources without shared ids are listed from prepared items", async () => {
  const tested = new TestServer(filled(FIRST, "switch_id,a\nsw-9,9\n").store);
  const { body, response } = await tested.json(LIST);
  assertEquals([body.items.length, response.headers.get("x-data-age-ms")], [4, "100000"]);
});

Deno.test("Repeated rows come from the poll worker, without a lookup", async () => {
  const store = new Store(["http://a/", "http://b/"]);
  const [a, b] = [snapshotOf(FIRST, "a-1", 1), snapshotOf(SECOND, "b-1", 1)];
  const update = { stats: emptyStats("http://a/"), items: null, hand_over: 1 };
  store.update({ ...update, source: 0, snapshot: a });
  // The given rows differ from the result of a lookup.
  const repeated = {
    key: `${a.topology.serial},${b.topology.serial}`,
    rows: [null, new Uint8Array([0, 1, 0, 1])],
  };
  store.update({ ...update, source: 1, snapshot: b, repeated });
  const { body } = await new TestServer(store).json(`${LIST}?switch_id=sw*`);
  const ids = body.items.map((item: { switch_id: string }) => item.switch_id);
  assertEquals(ids, ["sw-0", "sw-1", "sw-é", "sw-1", "sw-é"]);
});
