import { assertEquals } from "@std/assert";
import { FilledStore, TestServer } from "./_fixtures.ts";

/** Rows read 100 ms, an hour and 200 ms before now. */
const HANGING = "timestamp,switch_id,a\n" +
  "1700000000000000,sw-0,1\n1699996400100000,sw-1,2\n1699999999900000,sw-2,3\n";

for (const query of ["", "?limit=9", "?switch_id=sw-*"]) {
  Deno.test(`ListMetrics${query} is as old as its snapshot's newest row, and each item tells its own row's time`, async () => {
    const filled = new FilledStore().take(HANGING, "b-1", 1_700_000_000_050);
    const tested = new TestServer(filled.store, { max_stale_ms: 5000 });
    tested.now_ms = 1_700_000_000_100;
    const { status, body } = await tested.json(`/telemetry/ListMetrics${query}`);
    assertEquals([status, body.age_ms], [200, 100]);
    assertEquals(
      body.items.map(({ timestamp }: { timestamp: number }) => timestamp),
      [1700000000000000, 1699996400100000, 1699999999900000],
    );
    const alone = await tested.json("/telemetry/GetMetric?switch_id=sw-1&metric=a");
    assertEquals([alone.status, alone.body.age_ms], [503, 3_600_000]);
  });
}
