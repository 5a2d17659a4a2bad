import { assertEquals, assertMatch } from "@std/assert";
import { FilledStore, TestServer } from "../testing/test_server.ts";
import { LONG_BODIES_MAX } from "../serve/mod.ts";

const CSV =
  "switch_id,bandwidth_gbps,state\nsw-0,18446744073709551615,up\nsw-1,N/A,7\nsw-2,-1.50,\n";
const PATH = "/metrics/fabric";

const UFM = "node_guid,port_num,timestamp,node_description,PortXmitDataExtended,Raw_BER,lid\n" +
  '0xa,1,1764000000,"sw ""1""\\x",5,2.5e-14,7\n' +
  "0xb,1,1764000000,N/A,18446744073709551615,1e-9,8\n";

async function series(filled: FilledStore, fabric_series_max = 100): Promise<string[]> {
  return await seriesOf(new TestServer(filled.store, { fabric_series_max }));
}

async function seriesOf(tested: TestServer, query = ""): Promise<string[]> {
  const text = await (await tested.request(PATH + query)).text();
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

/** Series of two UFM ports, without the service's own. */
async function ufmSeries(query: string, fabric_columns?: string[]): Promise<string[]> {
  const { store } = new FilledStore().take(UFM, "b-1", 1_764_000_000_000);
  const tested = new TestServer(store, { fabric_series_max: 100, fabric_columns });
  return (await seriesOf(tested, query)).slice(0, -2);
}

Deno.test("/metrics/fabric is off by default, and its 404 names the setting", async () => {
  const tested = new TestServer(new FilledStore().take(CSV, "b-1", 1).store);
  const { status, body } = await tested.json(PATH);
  assertEquals([status, body.type], [404, "urn:fabric-telemetry:problem:fabric-metrics-off"]);
  assertMatch(body.detail, /METRICS_FABRIC=on/);
});

Deno.test("/metrics/fabric has exact numbers and no series for other cells", async () => {
  assertEquals(await series(new FilledStore().take(CSV, "b-1", 1)), [
    'fabric_bandwidth_gbps{switch="sw-0"} 18446744073709551615',
    'fabric_bandwidth_gbps{switch="sw-2"} -1.50',
    'fabric_state{switch="sw-1"} 7',
    "fabric_telemetry_fabric_series 3",
    "fabric_telemetry_fabric_series_left_out 0",
  ]);
});

Deno.test("/metrics/fabric has no series for a number beyond float64", async () => {
  const csv = "switch_id,x\nsw-0,1e999\nsw-1,-1e400\nsw-2,18446744073709551615\n";
  const lines = await series(new FilledStore().take(csv, "b-1", 1));
  assertEquals(lines.slice(0, -2), ['fabric_x{switch="sw-2"} 18446744073709551615']);
});

Deno.test("/metrics/fabric labels switch and port of composed ids, without row times", async () => {
  const csv = "timestamp,node_guid,port_num,xmit.data,xmit data\n" +
    "1700000000000000,0xa,1,5,6\n1700000000000000,0xa,2,7,8\n";
  assertEquals((await series(new FilledStore().take(csv, "b-1", 1))).slice(0, 4), [
    'fabric_xmit_data{switch="0xa",port="1"} 5',
    'fabric_xmit_data{switch="0xa",port="2"} 7',
    'fabric_xmit_data_2{switch="0xa",port="1"} 6',
    'fabric_xmit_data_2{switch="0xa",port="2"} 8',
  ]);
});

Deno.test("/metrics/fabric has counters as counters, without saturated ones, and labels", async () => {
  assertEquals(await ufmSeries(""), [
    'fabric_PortXmitDataExtended_total{switch="0xa",port="1",node_description="sw \\"1\\"\\\\x"} 5',
    'fabric_Raw_BER{switch="0xa",port="1",node_description="sw \\"1\\"\\\\x"} 2.5e-14',
    'fabric_Raw_BER{switch="0xb",port="1"} 1e-9',
  ]);
});

Deno.test("/metrics/fabric selects columns by name or beginning, and rows as lists do", async () => {
  assertEquals(await ufmSeries("?fields=raw*,lid&switch_id=0xb*"), [
    'fabric_Raw_BER{switch="0xb",port="1",lid="8"} 1e-9',
  ]);
  const tested = new TestServer(new FilledStore().take(CSV, "b-1", 1).store, {
    fabric_series_max: 5,
  });
  for (const [query, slug] of [["fields=nothing", "unknown-metric"], ["switch_id=t", "switch"]]) {
    const { status, body } = await tested.json(`${PATH}?${query}`);
    assertEquals(status, 404);
    assertMatch(body.type, new RegExp(`${slug}$`));
  }
  assertEquals((await tested.request(`${PATH}?fields=a&fields=b`)).status, 400);
});

Deno.test("METRICS_FABRIC_COLUMNS are the columns of a request without fields", async () => {
  const raw = ["Raw_BER", "no such column"];
  assertEquals((await ufmSeries("", raw)).length, 2);
  assertEquals((await ufmSeries("?switch_id=0xb*", raw)).length, 1);
  assertEquals((await ufmSeries("?fields=PortXmit*", raw)).length, 1);
});

Deno.test("/metrics/fabric is the same text as gzip and without", async () => {
  const rows = Array.from({ length: 20_000 }, (_, i) => `sw-${i},${i}\n`).join("");
  const { store } = new FilledStore().take(`switch_id,a\n${rows}`, "b-1", 1);
  const tested = new TestServer(store, { fabric_series_max: 1e6 });
  const headers = { "accept-encoding": "gzip" };
  const zipped = await tested.request(PATH, { headers });
  assertEquals(zipped.headers.get("content-encoding"), "gzip");
  const unzipped = zipped.body!.pipeThrough(new DecompressionStream("gzip"));
  const text = await new Response(unzipped).text();
  assertEquals(text === await (await tested.request(PATH)).text(), true);
  assertEquals(text.includes('fabric_a{switch="sw-19999"} 19999\n'), true);
});

Deno.test("/metrics/fabric lists an id of several sources once, like GetMetric", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"])
    .take("switch_id,x\nsw-0,1\n", "a-1", 1)
    .take("switch_id,x,y\nsw-0,2,3\nsw-1,4,5\n", "b-1", 1, 1);
  assertEquals((await series(filled)).slice(0, -2), [
    'fabric_x{switch="sw-0"} 1',
    'fabric_x{switch="sw-1"} 4',
    'fabric_y{switch="sw-1"} 5',
  ]);
});

Deno.test("/metrics/fabric counts the series beyond its limit", async () => {
  const rows = Array.from({ length: 5000 }, (_, i) => `sw-${i},${i},${-i - 1}\n`).join("");
  const lines = await series(new FilledStore().take(`switch_id,a,b\n${rows}`, "b-1", 1), 7000);
  assertEquals(lines.length, 7002);
  assertEquals([lines[4999], lines[5000], lines[6999]], [
    'fabric_a{switch="sw-4999"} 4999',
    'fabric_b{switch="sw-0"} -1',
    'fabric_b{switch="sw-1999"} -2000',
  ]);
  assertEquals(lines.slice(-2), [
    "fabric_telemetry_fabric_series 7000",
    "fabric_telemetry_fabric_series_left_out 3000",
  ]);
});

Deno.test("/metrics/fabric ends with # EOF, answers HEAD, and works without data", async () => {
  const tested = new TestServer(new FilledStore().store, { fabric_series_max: 5 });
  const headers = { accept: "application/openmetrics-text" };
  const text = await (await tested.request(PATH, { headers })).text();
  assertMatch(text, /\nfabric_telemetry_fabric_series 0\n[^]*# EOF\n$/);
  assertEquals(await (await tested.request(PATH, { method: "HEAD" })).text(), "");
});

Deno.test("/metrics/fabric refuses requests beyond those being rendered", async () => {
  const tested = new TestServer(new FilledStore().take(CSV, "b-1", 1).store, {
    fabric_series_max: 5,
  });
  const open = Array.from({ length: LONG_BODIES_MAX }, () => tested.request(PATH));
  assertEquals((await tested.request(PATH)).status, 503);
  for (const response of open) await (await response).text();
  const { status } = await tested.request(PATH, { method: "HEAD" });
  assertEquals([status, (await seriesOf(tested)).length], [200, 5]);
});

Deno.test("/metrics/fabric sends and logs the age of its data, for GET and HEAD", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"]).take(CSV, "a-1", 999_000)
    .take("switch_id,x\nt,1\n", "b-1", 998_500, 1);
  const tested = new TestServer(filled.store, { fabric_series_max: 100, max_stale_ms: 60_000 });
  for (const method of ["GET", "HEAD"]) {
    const response = await tested.request(PATH, { method });
    const { headers } = response;
    assertEquals([headers.get("x-data-age-ms"), headers.get("etag")], ["1500", 'W/"a-1+b-1"']);
    await response.text();
    assertEquals(tested.access.at(-1)?.age_ms, 1500);
  }
});

Deno.test("/metrics/fabric leaves out sources older than MAX_STALE_MS; 503 if all are", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"]).take(
    "switch_id,x\ns,1\n",
    "a-1",
    900_000,
  )
    .take("switch_id,x\ns,3\nt,2\n", "b-1", 990_000, 1);
  const tested = new TestServer(filled.store, { fabric_series_max: 100, max_stale_ms: 60_000 });
  // s belongs to the first source, as for GetMetric.
  assertEquals((await seriesOf(tested)).slice(0, -2), ['fabric_x{switch="t"} 2']);
  const { headers } = await tested.request(PATH, { method: "HEAD" });
  assertEquals([headers.get("x-data-age-ms"), headers.get("etag")], ["10000", 'W/"b-1"']);
  tested.now_ms += 50_001;
  for (const method of ["GET", "HEAD"]) {
    const { status, headers } = await tested.request(PATH, { method });
    assertEquals([status, headers.get("retry-after"), headers.get("x-data-age-ms")], [
      503,
      "2",
      "60001",
    ]);
  }
  const { body } = await tested.json(PATH);
  assertEquals(body.type, "urn:fabric-telemetry:problem:too-stale");
});

Deno.test("/metrics/fabric leaves out the rows whose own time is older than MAX_STALE_MS", async () => {
  const csv = "timestamp,switch_id,x\n1699999999000000,s,1\n1699999900000000,t,2\n";
  const filled = new FilledStore().take(csv, "a-1", 1_700_000_000_000);
  const tested = new TestServer(filled.store, { fabric_series_max: 100, max_stale_ms: 60_000 });
  tested.now_ms = 1_700_000_000_000;
  assertEquals((await seriesOf(tested)).slice(0, -2), ['fabric_x{switch="s"} 1']);
});
