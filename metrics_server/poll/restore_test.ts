import { assertEquals, assertThrows } from "@std/assert";
import { AUTO_TIMES } from "../snapshot/mod.ts";
import { bytesOf } from "../testing/bodies.ts";
import { CSV, HASH_KEY, NOW_MS, timesOf } from "./testing/taker.ts";
import { Poller } from "./poller.ts";
import type { PollOutcome, SavedSnapshot } from "./poller_world.ts";
import type { ReadAnswer, ReadRequest } from "./source_reader.ts";

const SAVED: SavedSnapshot = {
  snapshot_id: "old-7",
  etag: '"abc"',
  times: timesOf({ answered_ms: NOW_MS - 5000 }),
  not_after_ms: NOW_MS - 5000,
  intervals_ms: [],
  body: bytesOf(CSV),
};

const RESTORED = { event: "snapshot.restored", in_order: false } as const;

/** A poller whose source answers each poll by this body; null is a 304 (a cache's, with an age). */
function pollerOn(body: string | null, etag: string | null = null, clock_ms = NOW_MS) {
  const source = { body, cache_age_ms: NaN };
  const requests: ReadRequest[] = [];
  const outcomes: PollOutcome[] = [];
  const poller = new Poller({
    url: "http://source/",
    poll_ms: 1500,
    timeout_ms: 2000,
    backoff_max_ms: 5000,
    bytes_max: 1000,
    id_columns: [],
    row_times: AUTO_TIMES,
  }, {
    async read(request, openSink): Promise<ReadAnswer> {
      requests.push(request);
      const { body, cache_age_ms } = source;
      if (body !== null) openSink(body.length).push(bytesOf(body));
      await Promise.resolve();
      const status = body === null ? 304 : 200;
      const times = timesOf({ requested_ms: NOW_MS, answered_ms: NOW_MS, cache_age_ms });
      return { status, etag, times, end_known: true };
    },
    epoch_ms: () => clock_ms,
    monotonic_ms: () => 0,
    random: () => 0.5,
    later(_delay_ms, run) {
      next = run;
      return () => {};
    },
    nextId: () => "own-1",
    hash_key: HASH_KEY,
  }, (outcome) => outcomes.push(outcome));
  let next = () => poller.start();
  const poll = async () => {
    next();
    for (let turn = 0; turn < 50; turn++) await Promise.resolve();
  };
  return { poller, source, requests, outcomes, poll };
}

Deno.test("Poller reports a restored snapshot with its own id, time and age", () => {
  const { poller, outcomes } = pollerOn(null);
  poller.adopt(SAVED, RESTORED);
  const [{ event, fields, snapshot, stats }] = outcomes;
  assertEquals(event, "snapshot.restored");
  const expected = { source: "http://source/", snapshot_id: "old-7", rows: 2, age_ms: 5000 };
  assertEquals(fields, expected);
  assertEquals([snapshot!.taken_ms, stats.restored, stats.polls], [NOW_MS - 5000, true, 0]);
});

Deno.test("Poller requests only what is newer than a restored snapshot", async () => {
  const { poller, requests, outcomes, poll } = pollerOn(null);
  poller.adopt(SAVED, RESTORED);
  await poll();
  assertEquals(requests.map(({ etag }) => etag), ['"abc"']);
  assertEquals([outcomes[1].event, outcomes[1].stats.restored], ["poll.run", false]);
});

Deno.test("Poller never gives a restored snapshot's id to other data", async () => {
  const { poller, outcomes, poll } = pollerOn("switch_id,m\nsw-0,9\n", '"old-7"');
  poller.adopt(SAVED, RESTORED);
  await poll();
  assertEquals(outcomes[1].snapshot!.id, "own-1");
});

Deno.test("Poller saves what it can restore", async () => {
  const { poller, poll } = pollerOn(CSV);
  await poll();
  const saved = poller.save()!;
  assertEquals([saved.snapshot_id, saved.body], ["own-1", bytesOf(CSV)]);
  const other = pollerOn(null);
  other.poller.adopt(saved, RESTORED);
  assertEquals(other.poller.save(), saved);
});

Deno.test("Poller restores a snapshot as old as a later 304 showed it, with its rows' times", async () => {
  const time = new Date(NOW_MS - 1000).toISOString();
  const { poller, source, outcomes, poll } = pollerOn(`switch_id,timestamp,m\nsw-0,${time},1\n`);
  await poll();
  Object.assign(source, { body: null, cache_age_ms: 60_000 });
  await poll();
  assertEquals(outcomes[1].not_after_ms, NOW_MS - 60_000);
  const other = pollerOn(null);
  other.poller.adopt(poller.save()!, RESTORED);
  const [{ snapshot, stats }] = other.outcomes;
  assertEquals([snapshot!.time_source, snapshot!.taken_ms], ["rows", NOW_MS - 60_000]);
  assertEquals(stats.row_times, outcomes[1].stats.row_times);
});

Deno.test("Poller restores a snapshot from the future as of now: the clock was set back", () => {
  const { poller, outcomes } = pollerOn(null, null, NOW_MS - 3_600_000);
  poller.adopt(SAVED, RESTORED);
  assertEquals(outcomes[0].snapshot!.taken_ms, NOW_MS - 3_600_000);
});

Deno.test("Poller makes what it holds as old as another replica reports it, never younger", () => {
  const { poller, outcomes } = pollerOn(null);
  poller.adopt(SAVED, RESTORED);
  poller.adopt({ ...SAVED, not_after_ms: NOW_MS - 1000 }, RESTORED);
  assertEquals(outcomes.length, 1);
  poller.adopt({ ...SAVED, not_after_ms: NOW_MS - 60_000 }, RESTORED);
  const [, { snapshot, not_after_ms }] = outcomes;
  assertEquals([snapshot, not_after_ms], [null, NOW_MS - 60_000]);
  assertEquals(poller.save()!.not_after_ms, NOW_MS - 60_000);
});

Deno.test("The age of a 304 is no age of a snapshot that was adopted during the poll", async () => {
  const { poller, source, outcomes, poll } = pollerOn(null);
  poller.adopt(SAVED, RESTORED);
  source.cache_age_ms = 60_000;
  const polled = poll();
  const times = timesOf({ answered_ms: NOW_MS - 1000 });
  const newer = {
    snapshot_id: "old-8",
    etag: '"abd"',
    times,
    not_after_ms: NOW_MS - 1000,
    intervals_ms: [],
  };
  const body = bytesOf(CSV.replace("2", "3"));
  poller.adopt({ ...SAVED, ...newer, body }, { ...RESTORED, in_order: true });
  await polled;
  assertEquals(outcomes.map(({ event }) => event).slice(1), ["snapshot.restored", "poll.run"]);
  assertEquals([outcomes[2].not_after_ms, poller.save()!.not_after_ms], [undefined, NOW_MS - 1000]);
});

Deno.test("Poller recognises the data of a snapshot restored during its poll", async () => {
  const { poller, outcomes, poll } = pollerOn(CSV, '"abc"');
  const polled = poll();
  poller.adopt(SAVED, RESTORED);
  await polled;
  assertEquals(outcomes.map(({ snapshot }) => snapshot?.id ?? null), ["old-7", null]);
});

Deno.test("Poller adopts no snapshot after its stop", () => {
  const { poller, outcomes } = pollerOn(null);
  poller.stop();
  poller.adopt(SAVED, RESTORED);
  assertEquals(outcomes, []);
});

Deno.test("Poller refuses a saved body by the checks of a poll and stays without a snapshot", () => {
  const { poller, outcomes } = pollerOn(null);
  const body = bytesOf("<html>");
  assertThrows(() => poller.adopt({ ...SAVED, body }, RESTORED), Error, "a page instead");
  assertEquals([outcomes, poller.save()], [[], null]);
});

Deno.test("Poller orders two runs of the source by their answers, not by their own times", () => {
  const { poller, outcomes } = pollerOn(null);
  const run = (boot: string, answered_ms: number, snapshot_ts: number): SavedSnapshot => ({
    ...SAVED,
    snapshot_id: `${boot}-1`,
    etag: `"${boot}-1"`,
    times: timesOf({ answered_ms, snapshot_ts }),
    not_after_ms: snapshot_ts,
  });
  poller.adopt(run("bootb", NOW_MS - 2000, NOW_MS - 2100), RESTORED);
  const before = run("boota", NOW_MS - 5000, NOW_MS - 1000);
  assertThrows(() => poller.adopt(before, RESTORED), Error, "before the one held");
  poller.adopt(run("bootc", NOW_MS - 1000, NOW_MS - 60_000), RESTORED);
  assertEquals(outcomes.map(({ snapshot }) => snapshot!.id), ["bootb-1", "bootc-1"]);
});

Deno.test("Poller orders snapshots of equal times by when they were received", () => {
  const { poller, outcomes } = pollerOn(null);
  const answered = (n: number, answered_ms: number): SavedSnapshot => ({
    ...SAVED,
    snapshot_id: `boot-${n}`,
    etag: `"boot-${n}"`,
    times: timesOf({ answered_ms, snapshot_ts: NOW_MS - 9000 }),
    not_after_ms: NOW_MS - 9000,
  });
  poller.adopt(answered(2, NOW_MS - 2000), RESTORED);
  assertThrows(() => poller.adopt(answered(1, NOW_MS - 3000), RESTORED), Error, "before the one");
  poller.adopt(answered(3, NOW_MS - 1000), RESTORED);
  assertEquals(outcomes.map(({ snapshot }) => snapshot!.id), ["boot-2", "boot-3"]);
});

Deno.test("Poller gives data that two processes polled one id, never a younger age", async () => {
  const { poller, outcomes, poll } = pollerOn(CSV);
  await poll();
  poller.adopt({ ...SAVED, etag: null }, RESTORED);
  assertEquals(outcomes.map(({ snapshot }) => snapshot!.id), ["own-1", "old-7"]);
  assertEquals(outcomes[1].snapshot!.taken_ms, NOW_MS - 5000);
  const body = bytesOf(CSV.replace("2", "3"));
  const other = { ...SAVED, snapshot_id: "old-6", etag: null, body };
  const times = timesOf({ answered_ms: NOW_MS - 9000 });
  assertThrows(() => poller.adopt({ ...other, times }, RESTORED), Error, "older");
});

Deno.test("Poller drops an answer older than a snapshot that it adopted meanwhile", async () => {
  for (const [later_ms, ids] of [[1000, ["old-7", null]], [-1000, ["old-7", "own-1"]]] as const) {
    const { poller, outcomes, poll } = pollerOn(CSV.replace("2", "3"));
    const polled = poll();
    const answered_ms = NOW_MS + later_ms;
    poller.adopt(
      { ...SAVED, times: timesOf({ answered_ms }), not_after_ms: answered_ms },
      RESTORED,
    );
    await polled;
    assertEquals(outcomes.map(({ snapshot }) => snapshot?.id ?? null), [...ids]);
  }
});
