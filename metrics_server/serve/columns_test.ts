import { assertEquals } from "@std/assert";
import type { ColumnsAnswer } from "../../contracts/mod.ts";
import { FilledStore, TestServer } from "../testing/test_server.ts";

const COLUMNS = "/telemetry/columns";
const UFM = "node_guid,port_num,timestamp,PortXmitData,Raw_BER,node_description,vendor,watts\n" +
  "0xa,1,1764000000,5,1e-9,sw one,ACME,3\n0xa,2,1764000000,6,nan,sw one,N/A,4\n";

async function columnsOf(filled: FilledStore) {
  const answer = await new TestServer(filled.store).request(COLUMNS);
  return { answer, ...await answer.json() as ColumnsAnswer };
}

Deno.test("columns lists each value column's kind, unit and scale, in the order of fields", async () => {
  const { snapshot_id, columns } = await columnsOf(new FilledStore().take(UFM, "a-1", 990_000));
  assertEquals(snapshot_id, "a-1");
  assertEquals(
    columns.map(({ name, kind, kind_from, unit, scale, rate }) =>
      [name, kind, kind_from, unit, scale, rate].join(" ")
    ),
    [
      "timestamp time name  linear ",
      "PortXmitData counter name 4 B log rate(PortXmitData)",
      "Raw_BER gauge name BER log ",
      "node_description label name  linear ",
      "vendor label values  linear ",
      "watts gauge default  linear ",
    ],
  );
});

Deno.test("columns of several sources are merged by name; one without values yields", async () => {
  const filled = new FilledStore(["http://a/", "http://b/"])
    .take("switch_id,vendor,watts\nsw-0,,1\n", "a-1", 990_000)
    .take("switch_id,vendor,extra\nsw-1,ACME,1\n", "b-1", 980_000, 1);
  const { answer, snapshot_id, columns } = await columnsOf(filled);
  assertEquals(snapshot_id, "a-1+b-1");
  assertEquals(answer.headers.get("x-data-age-ms"), "20000");
  assertEquals(columns.map(({ name, kind }) => `${name} ${kind}`), [
    "vendor label",
    "watts gauge",
    "extra gauge",
  ]);
});

Deno.test("columns answers 304 for the newest snapshot, and 503 before the first", async () => {
  const filled = new FilledStore();
  const server = new TestServer(filled.store);
  assertEquals((await server.request(COLUMNS)).status, 503);
  filled.take(UFM, "a-1", 990_000);
  const { headers } = await server.request(COLUMNS);
  const known = { headers: { "if-none-match": headers.get("etag")! } };
  assertEquals((await server.request(COLUMNS, known)).status, 304);
  filled.take(UFM, "a-2", 990_000);
  assertEquals((await server.request(COLUMNS, known)).status, 200);
});
