/** Counters of the running service: kinds of columns, and rates between two snapshots. */
import { assert, assertEquals } from "@std/assert";
import type { ColumnsAnswer } from "../contracts/mod.ts";
import {
  FakeSource,
  getMetric,
  request,
  serveSnapshot,
  startMetricsServer,
  together,
} from "./harness/mod.ts";

const HEADER = "node_guid,port_num,node_description,PortXmitDataExtended,Chip_Temp,fan_turns\n";
const ID = "0xa:1";
const RATE = "rate(PortXmitDataExtended)";
const LIST = "/telemetry/ListMetrics";

const body = (counter: bigint, turns: number) =>
  `${HEADER}0xa,1,MF0;leaf:U1,${counter},40,${turns}\n0xa,2,MF0;leaf:U1,7,41,${turns}\n`;

Deno.test("rates and kinds of columns, from two snapshots 10 s apart", async (t) => {
  const then_ms = Date.now() - 20_000;
  const marks = (n: number) => ({ id: `boot1-${n}`, snapshot_ts: then_ms + n * 10_000 });
  await using source = new FakeSource(serveSnapshot(body(2n ** 63n, 5), marks(0)));
  await using server = await startMetricsServer(source.url, { LABEL_COLUMNS: "chip*" });
  await server.log.wait("poll.run", ({ snapshot_id }) => snapshot_id === "boot1-0");
  const first = (await getMetric(server, ID, RATE)).json();
  source.behavior = serveSnapshot(body(2n ** 63n + 25n, 8), marks(1));
  await server.log.wait("poll.run", ({ snapshot_id }) => snapshot_id === "boot1-1");

  await together(t, {
    "the rate is null at the first snapshot": () => assertEquals(first.value, null),

    "GetMetric has the exact rate beside the value, and as a metric": async () => {
      const both = await getMetric(server, ID, "PortXmitDataExtended", { query: "&rate=1" });
      assert(both.text.includes('"value":9223372036854775833,"rate":2.5,'), both.text);
      assertEquals((await getMetric(server, ID, RATE)).json().value, 2.5);
    },

    "a list has the rates that it is requested with": async () => {
      const { text } = await request(server, `${LIST}?format=csv&labels=1&fields=${RATE}`);
      assertEquals(
        text,
        `switch_id,node_description,Chip_Temp,${RATE}\n` +
          `${ID},MF0;leaf:U1,40,2.5\n0xa:2,MF0;leaf:U1,41,0\n`,
      );
      const { fields } = (await request(server, `${LIST}?rate=1&limit=1`)).json();
      assertEquals(fields.filter((name: string) => name.startsWith("rate(")), [
        RATE,
        "rate(fan_turns)",
      ]);
    },

    "/telemetry/columns names kinds: by name, configured, and shown by values": async () => {
      const { snapshot_id, columns }: ColumnsAnswer = (await request(server, "/telemetry/columns"))
        .json();
      assertEquals(snapshot_id, "boot1-1");
      assertEquals(columns.map(({ name, kind, kind_from }) => [name, kind, kind_from]), [
        ["node_description", "label", "name"],
        ["PortXmitDataExtended", "counter", "name"],
        ["Chip_Temp", "label", "LABEL_COLUMNS"],
        ["fan_turns", "counter", "values"],
      ]);
    },

    "a stream of a rate begins with it": async () => {
      const stream = await fetch(`${server.url}/telemetry/stream?switch_id=${ID}&fields=${RATE}`);
      let text = "";
      for await (const piece of stream.body!.pipeThrough(new TextDecoderStream())) {
        if ((text += piece).includes("\n\n")) break;
      }
      assert(text.includes(`"items":[{"switch_id":"${ID}","${RATE}":2.5}]`), text);
    },
  });
});
