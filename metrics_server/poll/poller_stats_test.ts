import { assertEquals } from "@std/assert";
import { describeHeld, emptyStats } from "./poller_stats.ts";
import { Taker } from "./testing/taker.ts";

Deno.test("describeHeld() hides credentials that cells repeat from the report on row times", () => {
  const held = new Taker().take("timestamp,switch_id,m\ns3cr3t token=abc,sw-0,1\n");
  if (held === "unchanged") throw new TypeError("no first snapshot");
  const stats = emptyStats("http://source/counters");
  describeHeld(stats, held, ["s3cr3t"]);
  assertEquals(stats.row_times?.detail?.includes('such as "*** token=***"'), true);
});
