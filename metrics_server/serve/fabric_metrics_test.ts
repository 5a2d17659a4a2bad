import { assertEquals, assertMatch } from "@std/assert";
import { FilledStore, TestServer } from "./_fixtures.ts";
import { LONG_BODIES_MAX } from "./long_body.ts";

const CSV =
  "switch_id,bandwidth_gbps,state\nsw-0,18446744073709551615,up\nsw-1,N/A,7\nsw-2,-1.50,\n";
const PATH = "/metrics/fabric";

async function series(filled: FilledStore, fabric_series_max = 100): Promise<string[]> {
  const tested = new TestServer(filled.store, { fabric_series_max });
  const text = await (await tested.request(PATH)).text();
  return text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
}

Deno.test("/metrics/fabric is off unless it is asked for, and says how", async () => {
  const tested = new TestServer(new FilledStore().take(CSV, "b-1", 1).store);
  const { status, body } = await tested.json(PATH);
  assertEquals([status, body.type], [404, "urn:fabric-telemetry:problem:fabric-metrics-off"]);
  assertMatch(body.detail, /METRICS_FABRIC=on/);
});

Deno.test("/metrics/fabric tells each number with its digits, and no series of what is none", async () => {
  assertEquals(await series(new FilledStore().take(CSV, "b-1", 1)), [
    'fabric_bandwidth_gbps{switch="sw-0"} 18446744073709551615',
    'fabric_bandwidth_gbps{switch="sw-2"} -1.50',
    'fabric_state{switch="sw-1"} 7',
    "fabric_telemetry_fabric_series 3",
    "fabric_telemetry_fabric_series_left_out 0",
  ]);
});

Deno.test("/metrics/fabric labels switch and port where ids are made of both, and leaves row times out", async () => {
  const csv = "timestamp,node_guid,port_num,xmit.data,xmit data\n" +
    "1700000000000000,0xa,1,5,6\n1700000000000000,0xa,2,7,8\n";
  assertEquals((await series(new FilledStore().take(csv, "b-1", 1))).slice(0, 4), [
    'fabric_xmit_data{switch="0xa",port="1"} 5',
    'fabric_xmit_data{switch="0xa",port="2"} 7',
    'fabric_xmit_data_2{switch="0xa",port="1"} 6',
    'fabric_xmit_data_2{switch="0xa",port="2"} 8',
  ]);
});

Deno.test("/metrics/fabric tells an id that several sources have once, as GetMetric does", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"])
    .take("switch_id,x\nsw-0,1\n", "a-1", 1)
    .take("switch_id,x,y\nsw-0,2,3\nsw-1,4,5\n", "b-1", 1, 1);
  assertEquals((await series(filled)).slice(0, -2), [
    'fabric_x{switch="sw-0"} 1',
    'fabric_x{switch="sw-1"} 4',
    'fabric_y{switch="sw-1"} 5',
  ]);
});

Deno.test("/metrics/fabric leaves out what is beyond its limit, and says how much", async () => {
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

Deno.test("/metrics/fabric ends as OpenMetrics has to, has no body for HEAD, and tells of no data yet", async () => {
  const tested = new TestServer(new FilledStore().store, { fabric_series_max: 5 });
  const headers = { accept: "application/openmetrics-text" };
  const text = await (await tested.request(PATH, { headers })).text();
  assertMatch(text, /\nfabric_telemetry_fabric_series 0\n[^]*# EOF\n$/);
  assertEquals(await (await tested.request(PATH, { method: "HEAD" })).text(), "");
});

Deno.test("/metrics/fabric is sent to so many at a time, keeps its snapshot meanwhile, and lets go of it", async () => {
  const released: string[] = [];
  const filled = new FilledStore(undefined, (_source, id) => released.push(id));
  filled.take(CSV, "b-1", 1);
  const tested = new TestServer(filled.store, { fabric_series_max: 5 });
  const open = [];
  for (let n = 0; n < LONG_BODIES_MAX; n++) open.push(await tested.request(PATH));
  assertEquals((await tested.request(PATH)).status, 503);
  filled.take(CSV, "b-2", 2);
  assertEquals(released, []);
  for (const response of open) await response.text();
  assertEquals(released, ["b-1"]);
});
