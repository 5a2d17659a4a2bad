import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { parse } from "@std/csv";
import { CSV, FilledStore, testedOn, TestServer, wide } from "../testing/test_server.ts";
import { LIST_IDS_MAX, LIST_PREFIXES_MAX, PAGE_ROWS_MAX } from "./list_query.ts";
import { LONG_BODIES_MAX } from "./long_bodies.ts";

const LIST = "/telemetry/ListMetrics";

/** Names with characters that CSV and JSON escape. */
const ODD = 'switch_id,a,"b ""q"", c"\n"le,af",1,"x ""y"", z"\ngröße,N/A,\nsw-0,-1.50,up\n';

async function ids(tested: TestServer, query: string): Promise<string[]> {
  const { body } = await tested.json(`${LIST}?${query}`);
  return body.items.map((item: { switch_id: string }) => item.switch_id);
}

Deno.test("A page of all rows has exactly the items of the plain list", async () => {
  for (const csv of [CSV, ODD, wide(10_000)]) {
    const tested = testedOn(csv);
    const plain = await (await tested.request(LIST)).text();
    const paged = await (await tested.request(`${LIST}?limit=${PAGE_ROWS_MAX}`)).text();
    assertEquals(paged, plain.replace(/\}$/, ',"next_cursor":null}'));
    const listed = await (await tested.request(`${LIST}?switch_id=*`)).text();
    assertEquals(listed, plain);
  }
});

Deno.test("Pages by cursor contain every row exactly once, for any limit", async () => {
  for (const limit of [1, 2, 3, 7, 4999, 5000, 5001]) {
    const filled = new FilledStore(["http://a/", "http://b/"])
      .take(wide(limit < 10 ? 5 : 3000), "a-1", 1)
      .take(wide(limit < 10 ? 4 : 2000).replaceAll("sw-", "x-"), "b-1", 1, 1);
    const tested = new TestServer(filled.store);
    const { body: { items } } = await tested.json(LIST);
    const paged: unknown[] = [];
    let next: string | null = `${LIST}?limit=${limit}`;
    for (let pages = 0; next !== null; pages++) {
      assert(pages <= items.length, "endless pages");
      const { body, response } = await tested.json(next);
      assert(body.items.length === limit || body.next_cursor === null);
      paged.push(...body.items);
      const link = /^<(.+)>; rel="next"$/.exec(response.headers.get("link") ?? "");
      assertEquals(link === null, body.next_cursor === null);
      next = body.next_cursor === null ? null : `${LIST}?limit=${limit}&cursor=${body.next_cursor}`;
      if (next !== null) assertEquals(link![1], next);
    }
    assertEquals(paged, items);
  }
});

Deno.test("A cursor of a replaced snapshot returns 410 with advice", async () => {
  const filled = new FilledStore().take(CSV, "boot-1", 1);
  const tested = new TestServer(filled.store);
  const { body: { next_cursor } } = await tested.json(`${LIST}?limit=1`);
  filled.take(CSV, "boot-2", 2);
  const { status, body } = await tested.json(`${LIST}?limit=1&cursor=${next_cursor}`);
  assertEquals([status, body.type], [410, "urn:fabric-telemetry:problem:cursor-gone"]);
  assertEquals(body.snapshot_id, "boot-2");
  assertMatch(
    body.detail,
    /snapshot boot-1, and boot-2 has replaced it: start again without cursor/,
  );
});

for (const cursor of ["", "x", "!!", "MSA", btoa("-1 boot-1"), btoa("1.5 boot-1")]) {
  Deno.test(`An invalid cursor=${cursor} returns 400`, async () => {
    const { status, body } = await testedOn(CSV).json(`${LIST}?cursor=${cursor}`);
    assertEquals([status, body.type, body.parameter], [
      400,
      "urn:fabric-telemetry:problem:bad-parameter",
      "cursor",
    ]);
  });
}

Deno.test("A cursor beyond the end returns no items and no next cursor", async () => {
  const cursor = btoa("99 boot-1").replaceAll("=", "");
  const { body } = await testedOn(CSV).json(`${LIST}?limit=5&cursor=${cursor}`);
  assertEquals([body.items, body.next_cursor], [[], null]);
});

Deno.test("switch_id selects ids and prefixes, each row once, in source order", async () => {
  const tested = testedOn(wide(30));
  assertEquals(await ids(tested, "switch_id=sw-7,sw-2"), ["sw-2", "sw-7"]);
  assertEquals(await ids(tested, "switch_id=sw-2*,sw-21,sw-3"), [
    "sw-2",
    "sw-3",
    ...Array.from({ length: 10 }, (_, i) => `sw-${20 + i}`),
  ]);
  assertEquals(await ids(tested, "switch_id=sw-2*&limit=2"), ["sw-2", "sw-20"]);
  assertEquals(await ids(tested, "switch_id=nothing*"), []);
  assertEquals(await ids(testedOn(ODD), "switch_id=gr%C3%B6*"), ["größe"]);
});

Deno.test("%2C is a comma within a name, a plain comma separates names", async () => {
  const csv = 'switch_id,"rx,tx",rx,tx\n"a,b",1,2,3\na,4,5,6\nb,7,8,9\n"a,c",10,11,12\n';
  const tested = testedOn(csv);
  for (
    const [query, expected] of [
      ["switch_id=a%2Cb", ["a,b"]],
      ["switch_id=a%2cb", ["a,b"]],
      ["switch_id=a,b", ["a", "b"]],
      ["switch_id=a%2Cb,b", ["a,b", "b"]],
      ["switch_id=a%2C*", ["a,b", "a,c"]],
    ] as const
  ) assertEquals<unknown>(await ids(tested, query), expected, query);
  for (
    const [query, fields] of [
      ["fields=rx%2Ctx", ["rx,tx"]],
      ["fields=rx,tx", ["rx", "tx"]],
      ["fields=tx,rx%2Ctx", ["tx", "rx,tx"]],
    ] as const
  ) assertEquals((await tested.json(`${LIST}?${query}`)).body.fields, fields, query);
});

Deno.test("A list encoded as one name is refused with advice about commas", async () => {
  for (const query of ["switch_id=sw-000%2Csw-001", "fields=latency_us%2Cpacket_errors"]) {
    const { status, body } = await testedOn(CSV).json(`${LIST}?${query}`);
    assertEquals(status, 404, query);
    assertStringIncludes(body.detail, "separated by plain commas, not by %2C");
  }
});

Deno.test("The next page's link keeps the query as sent, and is ASCII", async () => {
  const csv = 'switch_id,"x,y"\n"a,b",1\n"a,c",2\n"ü,d",3\n';
  for (
    const [query, kept] of [
      ["switch_id=a%2Cb,a%2Cc,%C3%BC%2Cd", "switch_id=a%2Cb,a%2Cc,%C3%BC%2Cd"],
      ["switch_id=a%2Cb,ü%2Cd&fields=x%2Cy", "switch_id=a%2Cb,%C3%BC%2Cd&fields=x%2Cy"],
      ["cursor=&switch_id=a*", null],
    ]
  ) {
    const { response, status } = await testedOn(csv).json(`${LIST}?${query}&limit=1`);
    if (kept === null) assertEquals(status, 400);
    const link = response.headers.get("link");
    const found = link === null ? null : /^<.+\?(.+)&limit=1&cursor=\w+>/.exec(link)![1];
    assertEquals(found, kept);
  }
});

Deno.test("switch_id works with pages", async () => {
  const tested = testedOn(wide(30));
  const { body } = await tested.json(`${LIST}?switch_id=sw-1,sw-3,sw-2*&limit=3`);
  const rest = `switch_id=sw-1,sw-3,sw-2*&cursor=${body.next_cursor}`;
  assertEquals(body.items.map((item: { a: number }) => item.a), [1, 2, 3]);
  assertEquals(await ids(tested, rest), Array.from({ length: 10 }, (_, i) => `sw-${20 + i}`));
});

Deno.test("An unknown switch returns 404, or 503 while a source is missing", async () => {
  const { status, body } = await testedOn(CSV).json(`${LIST}?switch_id=sw-000,sw-9`);
  assertEquals([status, body.switch_id], [404, "sw-9"]);
  const filled = new FilledStore(["http://a/", "http://b/"]).take(CSV, "a-1", 1);
  const waiting = await new TestServer(filled.store).json(`${LIST}?switch_id=sw-9`);
  assertEquals([waiting.status, waiting.body.type], [
    503,
    "urn:fabric-telemetry:problem:no-snapshot",
  ]);
  const { body: { missing_sources } } = await new TestServer(filled.store).json(`${LIST}?limit=1`);
  assertEquals(missing_sources, ["http://b/"]);
});

Deno.test("CSV and NDJSON name missing sources in a percent-encoded header", async () => {
  const filled = new FilledStore(["http://a/", "http://b/x?y=1,2&z=%2Cß"]).take(CSV, "a-1", 1);
  for (
    const [query, named] of [["format=csv", true], ["format=ndjson", true], ["limit=1", false]]
  ) {
    const response = await new TestServer(filled.store).request(`${LIST}?${query}`);
    const header = response.headers.get("x-missing-sources");
    assertEquals(header, named ? "http://b/x?y=1%2C2&z=%2C%C3%9F" : null);
    await response.body?.cancel();
  }
});

Deno.test("fields selects fields in that order, null if a source lacks one", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"])
    .take("switch_id,a,b\nsw-0,1,2\n", "a-1", 1).take("switch_id,b\nsw-1,3\n", "b-1", 1, 1);
  const { body } = await new TestServer(filled.store).json(`${LIST}?fields=b,a`);
  assertEquals(body.fields, ["b", "a"]);
  assertEquals(
    JSON.stringify(body.items),
    '[{"switch_id":"sw-0","b":2,"a":1},{"switch_id":"sw-1","b":3,"a":null}]',
  );
  const unknown = await new TestServer(filled.store).json(`${LIST}?fields=b,c`);
  assertEquals([unknown.status, unknown.body.metric], [404, "c"]);
  assertStringIncludes(unknown.body.detail, "there are a, b");
});

Deno.test("format=spreadsheet puts ' before texts that would be formulas, not before numbers", async () => {
  const csv = 'switch_id,=m,n\n"=cmd|\'/c calc\'!A0",-1.5,@x\n+1-2,+,"a=1"\n';
  const text = async (format: string) =>
    await (await testedOn(csv).request(`${LIST}?format=${format}`)).text();
  assertEquals(await text("csv"), "switch_id,=m,n\n=cmd|'/c calc'!A0,-1.5,@x\n+1-2,+,a=1\n");
  assertEquals(
    await text("spreadsheet"),
    "switch_id,'=m,n\n'=cmd|'/c calc'!A0,-1.5,'@x\n'+1-2,'+,a=1\n",
  );
});

Deno.test("A 404 repeats names of a source bounded, and without characters that act", async () => {
  const csv = `switch_id,${"m".repeat(5000)},a\u009b\u202eb\nsw-0,1,2\n`;
  const { body } = await testedOn(csv).json("/telemetry/GetMetric?switch_id=sw-0&metric=x\u202ey");
  assertEquals([body.metric, body.detail.length < 500], ["x\\u{202e}y", true]);
  assertStringIncludes(body.detail, "a\\u{9b}\\u{202e}b");
});

Deno.test("format=csv parses to the same values", async () => {
  for (const csv of [ODD, CSV, wide(10_000)]) {
    const tested = testedOn(csv);
    const response = await tested.request(`${LIST}?format=csv`);
    assertEquals(response.headers.get("content-type"), "text/csv; charset=utf-8");
    assertEquals(response.headers.get("x-data-age-ms"), "820");
    assertEquals(response.headers.get("etag"), 'W/"boot-1"');
    const [header, ...rows] = parse(await response.text());
    const plain = await (await tested.request(LIST)).text();
    const { fields, items } = JSON.parse(plain.replaceAll(/:(-?[\d.]+)/g, ':"$1"'));
    assertEquals(header, ["switch_id", ...fields]);
    assertEquals(
      rows,
      items.map((item: Record<string, string | null>) => header.map((name) => item[name] ?? "")),
    );
  }
});

Deno.test("format=ndjson has one item per line", async () => {
  const tested = testedOn(ODD);
  const response = await tested.request(`${LIST}?format=ndjson&limit=2`);
  assertEquals(response.headers.get("content-type"), "application/x-ndjson");
  assertMatch(
    response.headers.get("link")!,
    /^<\/telemetry\/ListMetrics\?format=ndjson&limit=2&cursor=.+>; rel="next"$/,
  );
  const lines = (await response.text()).split("\n");
  assertEquals(lines.pop(), "");
  const { body } = await tested.json(LIST);
  assertEquals(lines.map((line) => JSON.parse(line)), body.items.slice(0, 2));
});

for (
  const [query, parameter, must] of [
    ["limit=0", "limit", `1–${PAGE_ROWS_MAX}`],
    ["limit=-1", "limit", "whole number"],
    ["limit=1e3", "limit", "whole number"],
    [`limit=${PAGE_ROWS_MAX + 1}`, "limit", `1–${PAGE_ROWS_MAX}`],
    ["format=xml", "format", "one of json, csv, spreadsheet, ndjson"],
    ["fields=", "fields", "non-empty names"],
    ["fields=a,,b", "fields", "non-empty names"],
    ["switch_id=", "switch_id", "non-empty names"],
    [`switch_id=${Array.from({ length: LIST_IDS_MAX + 1 }, (_, i) => i)}`, "switch_id", "ids"],
    [
      `switch_id=${Array.from({ length: LIST_PREFIXES_MAX + 1 }, (_, i) => `${i}*`)}`,
      "switch_id",
      "end with *",
    ],
  ]
) {
  Deno.test(`${query.slice(0, 40)} returns 400 and what ${parameter} must be`, async () => {
    const { status, body } = await testedOn(CSV).json(`${LIST}?${query}`);
    assertEquals([status, body.parameter], [400, parameter]);
    assertStringIncludes(body.detail, must);
  });
}

Deno.test("A repeated limit returns 400 with an example of ListMetrics", async () => {
  const { status, body } = await testedOn(CSV).json(`${LIST}?limit=1&limit=2`);
  assertEquals([status, body.type], [400, "urn:fabric-telemetry:problem:repeated-parameter"]);
  assertStringIncludes(body.detail, `e.g. ${LIST}?`);
});

Deno.test("Pages apply max_age_ms and If-None-Match like the plain list", async () => {
  const tested = testedOn(CSV);
  assertEquals((await tested.request(`${LIST}?limit=1&max_age_ms=819`)).status, 503);
  const headers = { "if-none-match": '"boot-1"' };
  assertEquals((await tested.request(`${LIST}?limit=1`, { headers })).status, 304);
  assertEquals((await tested.request(`${LIST}?limit=0`, { headers })).status, 400);
});

Deno.test("A long page counts as a long list and keeps its snapshot until sent", async () => {
  const released: string[] = [];
  const filled = new FilledStore(undefined, (_source, id) => released.push(id));
  filled.take(wide(10_000), "boot-1", 1);
  const tested = new TestServer(filled.store);
  const open: Response[] = [];
  for (let n = 0; n < LONG_BODIES_MAX; n++) {
    tested.client = `192.0.2.${n}`;
    open.push(await tested.request(`${LIST}?limit=8000`));
  }
  assertEquals((await tested.request(`${LIST}?limit=8000`)).status, 503);
  assertEquals((await tested.request(`${LIST}?limit=10`)).status, 200);
  filled.take(wide(10_000), "boot-2", 2);
  assertEquals(released, []);
  for (const response of open) assertEquals((await response.json()).items.length, 8000);
  assertEquals(released, ["boot-1"]);
});
