import { assertEquals } from "@std/assert";
import { NOW_MS } from "./testing/taker.ts";
import { PolledWorld, refused, type Step } from "./testing/polled_world.ts";
import { dataInterval, INTERVALS_MAX } from "./data_interval.ts";

const NOT_MODIFIED: Step = {};

const BEGIN_MS = NOW_MS - 86_400_000;

/** A body with the time of its row, in milliseconds after {@link BEGIN_MS}. */
const at = (ms: number): Step => ({ csv: `switch_id,timestamp,m\nsw-0,${BEGIN_MS + ms},1\n` });

/** The interval after these polls, the last of which is repeated as often as needed. */
async function learned(...steps: readonly Step[]): Promise<number | null> {
  return dataInterval((await polled(steps)).poller.save()!);
}

async function polled(steps: readonly Step[]): Promise<PolledWorld> {
  const world = new PolledWorld((poll) => steps[poll]);
  await world.runPolls(steps.length);
  return world;
}

for (
  const [what, steps, interval_ms] of [
    ["one snapshot", [at(0)], null],
    ["two snapshots", [at(0), at(10_000)], 10_000],
    ["a source that sends the same body again", [at(0), at(0), at(0)], null],
    ["a 304 between snapshots", [at(0), NOT_MODIFIED, NOT_MODIFIED, at(10_000)], 10_000],
    ["a new body with the same time", [
      { ...at(0), etag: '"a-1"' },
      { csv: at(0).csv!.replace(",1\n", ",2\n"), etag: '"a-2"' },
    ], null],
    ["a poll that failed before the new data came", [at(0), refused, at(60_000)], null],
    ["an outage that no poll saw", [
      ...[0, 10_000, 20_000].map(at),
      NOT_MODIFIED,
      ...[620_000, 630_000].map(at),
    ], 10_000],
    ["two snapshots, between which the source slept", [0, 600_000, 610_000].map(at), 10_000],
  ] as const
) {
  Deno.test(`A source's interval after ${what} is ${interval_ms ?? "unknown"}`, async () => {
    assertEquals(await learned(...steps), interval_ms);
  });
}

Deno.test("A source that slows down teaches its new interval within three snapshots", async () => {
  const fast = [0, 1, 2, 3, 4, 5].map((n) => at(n * 10_000));
  const slow = [1, 2, 3].map((n) => at(50_000 + n * 60_000));
  assertEquals(await learned(...fast, ...slow.slice(0, 2)), 10_000);
  assertEquals(await learned(...fast, ...slow), 60_000);
});

Deno.test("A source's intervals are bounded in number", async () => {
  const { poller } = await polled(Array.from({ length: 20 }, (_, n) => at(n * 1000)));
  assertEquals(poller.save()!.intervals_ms.length, INTERVALS_MAX);
});

Deno.test("A restart keeps the learned interval, and its pause teaches none", async () => {
  const before = await polled([at(0), at(10_000)]);
  const after = new PolledWorld((poll) => [at(3_600_000), at(3_610_000)][poll]);
  after.poller.adopt(before.poller.save()!, { event: "snapshot.restored", in_order: false });
  assertEquals(after.outcomes[0].snapshot!.intervals_ms, [10_000]);
  await after.runPolls(3);
  assertEquals(after.poller.save()!.intervals_ms, [10_000, 10_000]);
});

Deno.test("A follower takes the leader's intervals, also for data that it holds already", async () => {
  const leader = await polled([at(0), at(10_000), at(20_000)]);
  const saved = leader.poller.save()!;
  const follower = await polled([at(20_000)]);
  const own = follower.poller.save()!;
  assertEquals(own.intervals_ms, []);
  const how = { event: "snapshot.adopted", in_order: true } as const;
  follower.poller.adopt({ ...saved, snapshot_id: own.snapshot_id }, how);
  const { snapshot, intervals_ms } = follower.outcomes.at(-1)!;
  assertEquals([snapshot, intervals_ms], [null, saved.intervals_ms]);
  assertEquals(follower.poller.save()!.intervals_ms, saved.intervals_ms);
});
