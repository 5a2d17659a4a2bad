import { assertEquals } from "@std/assert";
import type { DenoProcess } from "../../rig/mod.ts";
import { Replica } from "./replica_set.ts";
import { skewsOf } from "./skew.ts";

const T0 = Date.parse("2026-11-30T12:00:00.000Z");

/** A replica that has logged these events, at milliseconds after {@link T0}. */
function logged(...events: [event: string, after_ms: number, fields: object][]): Replica {
  const replica = new Replica({} as DenoProcess);
  for (const [event, after_ms, fields] of events) {
    replica.take(JSON.stringify({ ts: new Date(T0 + after_ms).toISOString(), event, ...fields }));
  }
  return replica;
}

const polled = (snapshot_id: string, after_ms: number) =>
  ["poll.run", after_ms, { snapshot_id, cycle_ms: 5 }] as [string, number, object];
const adopted = (snapshot_id: string, after_ms: number) =>
  ["snapshot.adopted", after_ms, { snapshot_id }] as [string, number, object];

Deno.test("Replica.take() keeps when a snapshot was first served, not later 304s", () => {
  const replica = logged(adopted("a-1", 10), polled("a-1", 20), polled("a-2", 30));
  assertEquals([...replica.served], [
    ["a-1", { epoch_ms: T0 + 10, cycle_ms: undefined }],
    ["a-2", { epoch_ms: T0 + 30, cycle_ms: 5 }],
  ]);
});

Deno.test("Replica.take() keeps changes of the role and ignores other events", () => {
  const replica = logged(["startup", 1, {}], ["replica.role", 2, { role: "leader" }]);
  assertEquals(replica.roles, [{ role: "leader", epoch_ms: T0 + 2 }]);
  assertEquals(replica.served.size, 0);
});

Deno.test("skewsOf() compares each snapshot of the window on each follower", () => {
  const leader = logged(polled("a-1", 0), polled("a-2", 100), polled("a-3", 200));
  const followers = [
    logged(adopted("a-1", 1), adopted("a-2", 107), adopted("a-3", 205)),
    logged(adopted("a-1", 2), adopted("a-3", 203)),
  ];
  assertEquals(skewsOf(leader, followers, T0 + 50, T0 + 250), {
    skews_ms: [7, 5, 3],
    missed: 1,
    snapshots: 2,
  });
});
