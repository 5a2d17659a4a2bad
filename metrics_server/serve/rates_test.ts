/** Rates and labels in GetMetric and lists. */
import { assertEquals, assertMatch } from "@std/assert";
import { FilledStore, TestServer } from "../testing/test_server.ts";

const GET = "/telemetry/GetMetric?switch_id=sw-0&metric=";
const LIST = "/telemetry/ListMetrics";

const csv = (errors: number, watts: number) =>
  `switch_id,packet_errors,latency_us,watts,node_description\nsw-0,${errors},1.5,${watts},one\n` +
  "sw-1,4,1.5,9,two\n";

/** Two snapshots 10 s apart. */
function server(): TestServer {
  const filled = new FilledStore().take(csv(980, 5), "a-1", 980_000);
  return new TestServer(filled.take(csv(1000, 7), "a-2", 990_000).store);
}

async function get(path: string) {
  const answer = await server().request(path);
  const text = await answer.text();
  return { status: answer.status, text, json: () => JSON.parse(text) };
}

Deno.test("GetMetric with rate=1 adds the rate to the value; null without a counter", async () => {
  assertEquals((await get(`${GET}packet_errors&rate=1`)).json(), {
    switch_id: "sw-0",
    metric: "packet_errors",
    value: 1000,
    rate: 2,
    snapshot_id: "a-2",
    age_ms: 10_000,
  });
  assertEquals((await get(`${GET}latency_us&rate=1`)).json().rate, null);
  assertEquals("rate" in (await get(`${GET}packet_errors&rate=0`)).json(), false);
});

Deno.test("GetMetric takes rate(<column>) as a metric, detected counters included", async () => {
  const { metric, value } = (await get(`${GET}rate(packet_errors)`)).json();
  assertEquals([metric, value], ["rate(packet_errors)", 2]);
  assertEquals((await get(`${GET}rate(watts)`)).json().value, 0.2);
});

Deno.test("The rate of a gauge or label is an unknown metric, and the detail says why", async () => {
  for (const path of [GET + "rate(latency_us)", `${LIST}?fields=rate(node_description)`]) {
    const { status, json } = await get(path);
    assertEquals(status, 404, path);
    assertMatch(json().detail, /only counters have rates, see \/telemetry\/columns$/);
  }
  assertMatch((await get(GET + "rate(amps)")).json().detail, /there are packet_errors,/);
});

Deno.test("A list with rate=1 has each counter's rate after it; other columns have none", async () => {
  const { fields, items } = (await get(`${LIST}?rate=1&switch_id=sw-0`)).json();
  const rated = ["packet_errors", "rate(packet_errors)", "latency_us", "watts", "rate(watts)"];
  assertEquals(fields, [...rated, "node_description"]);
  assertEquals(items, [{
    switch_id: "sw-0",
    packet_errors: 1000,
    "rate(packet_errors)": 2,
    latency_us: 1.5,
    watts: 7,
    "rate(watts)": 0.2,
    node_description: "one",
  }]);
});

Deno.test("A list takes rates among its fields, and labels=1 puts the labels before them", async () => {
  const list = `${LIST}?format=csv&fields=rate(packet_errors)&labels=1`;
  assertEquals(
    (await get(list)).text,
    "switch_id,node_description,rate(packet_errors)\nsw-0,one,2\nsw-1,two,0\n",
  );
  assertEquals((await get(`${LIST}?labels=1`)).json().fields.length, 4, "they are there already");
});

Deno.test("Flags other than 0 and 1 are refused", async () => {
  for (
    const [path, name] of [[`${GET}watts&`, "rate"], [`${LIST}?`, "rate"], [`${LIST}?`, "labels"]]
  ) {
    const { status, json } = await get(`${path}${name}=yes`);
    assertEquals([status, json().detail], [400, `${name}=yes: must be 1, or left out`]);
  }
});
