/** Rates as columns of a stream. */
import { assertEquals } from "@std/assert";
import { FilledStore } from "../testing/test_server.ts";
import { StreamHub } from "./hub.ts";
import type { StreamReader } from "./readers.ts";

Deno.test("A stream of a rate sends it when it is known, and then only when it changes", async () => {
  const csv = (a: number, b: number) => `switch_id,packet_errors\nsw-0,${a}\nsw-1,${b}\n`;
  const filled = new FilledStore().take(csv(10, 10), "b-1", 10_000);
  const hub = new StreamHub(filled.store, (error) => {
    throw error;
  });
  const items: unknown[] = [];
  const reader: StreamReader = {
    transport: "sse",
    send: ({ events }) => {
      for (const { data } of events) items.push(JSON.parse(data).items);
      return true;
    },
    heartbeat() {},
    end() {},
  };
  const settled = async () => {
    for (let turn = 0; turn < 5; turn++) {
      await Promise.resolve();
      await hub.settled();
    }
  };
  hub.add(reader, { ids: null, metrics: ["rate(packet_errors)"] }, null);
  await settled();
  filled.take(csv(20, 10), "b-2", 20_000);
  await settled();
  filled.take(csv(30, 15), "b-3", 30_000);
  await settled();
  hub.remove(reader);
  assertEquals(items, [
    [
      { switch_id: "sw-0", "rate(packet_errors)": null },
      { switch_id: "sw-1", "rate(packet_errors)": null },
    ],
    [
      { switch_id: "sw-0", "rate(packet_errors)": 1 },
      { switch_id: "sw-1", "rate(packet_errors)": 0 },
    ],
    [{ switch_id: "sw-1", "rate(packet_errors)": 0.5 }],
  ]);
});
