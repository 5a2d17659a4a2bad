import { assert, assertEquals, assertGreater } from "@std/assert";
import { CIRCUIT_OPENS_AFTER } from "./backoff.ts";
import { PollError } from "./poll_error.ts";
import { emptyStats } from "./poller_stats.ts";
import { PolledWorld, refused, sample, type Step } from "./testing/polled_world.ts";

Deno.test("While polls succeed, one starts every POLL_MS, however long each takes", async () => {
  const world = new PolledWorld((n) => ({ ...sample(n), takes_ms: 100 + n * 50 }));
  await world.runPolls(5);
  assertEquals(world.requests.map(({ at_ms }) => at_ms), [0, 1500, 3000, 4500, 6000]);
});

Deno.test("A poll longer than POLL_MS skips slots of the beat and never overlaps", async () => {
  const world = new PolledWorld((n) => ({ ...sample(n), takes_ms: 3700 }));
  await world.runPolls(3);
  assertEquals(world.requests.map(({ at_ms }) => at_ms), [0, 4500, 9000]);
});

Deno.test("Each poll sends the ETag of the current snapshot, if any, and a 304 keeps it", async () => {
  const steps = [sample(1), {}, sample(2), { csv: "switch_id,m\nsw-0,9\n" }, sample(4)];
  const world = new PolledWorld((n) => steps[n]);
  await world.runPolls(5);
  const sent = [null, '"boot-1"', '"boot-1"', '"boot-2"', null];
  assertEquals(world.requests.map(({ etag }) => etag), sent);
  assertEquals(world.outcomes.map(({ snapshot }) => snapshot?.id ?? null), [
    "boot-1",
    null,
    "boot-2",
    "own-1",
    "boot-4",
  ]);
  assertEquals([world.stats.successes, world.stats.not_modified], [5, 1]);
});

Deno.test("A failed poll keeps the snapshot and reports cause and time of the next poll", async () => {
  const world = new PolledWorld((n) => n === 0 ? sample(1) : refused);
  await world.runPolls(2);
  const { event, fields, snapshot, stats } = world.outcomes[1];
  assertEquals([event, snapshot], ["poll.error", null]);
  assertEquals(fields, {
    source: "http://source/counters",
    cause: "refused",
    detail: "connection refused",
    status: 0,
    retry_in_ms: 1500,
    consecutive_failures: 1,
  });
  assertEquals(stats.snapshot_id, "boot-1");
  assertEquals([stats.failures, stats.failures_by_cause, stats.backoff_ms], [
    1,
    { refused: 1 },
    1500,
  ]);
  assertEquals(stats.last_error?.at, new Date(1_700_000_001_510).toISOString());
});

Deno.test("poll.run reports times, rows and retries", async () => {
  const steps = [refused, refused, { csv: "switch_id,m\nsw-0,1\nsw-0,2\nsw-1,3\n", etag: '"b-1"' }];
  const world = new PolledWorld((n) => steps[n]);
  await world.runPolls(3);
  assertEquals(world.outcomes[2].fields, {
    source: "http://source/counters",
    status: 200,
    fetch_ms: 10,
    parse_ms: 0,
    apply_ms: 0,
    cycle_ms: 10,
    retries: 2,
    snapshot_id: "b-1",
    rows: 2,
    bad_rows: 0,
    bad_samples: [],
    uneven_rows: 0,
    repeated_ids: 1,
    rows_left_out: 0,
    repeated_columns: [],
  });
});

Deno.test("Before the first snapshot retries are quick and the circuit stays closed", async () => {
  const world = new PolledWorld(() => refused);
  world.random = 0.999999;
  await world.runPolls(12);
  const gaps = world.requests.slice(1).map(({ at_ms }, n) => at_ms - world.requests[n].at_ms - 10);
  assertEquals(gaps.slice(0, 6), [100, 200, 400, 800, 1500, 1500]);
  assert(world.outcomes.every(({ stats }) => stats.circuit === "closed"));
});

Deno.test("The circuit opens after failures, is half open while it polls, closes on success", async () => {
  const during: string[] = [];
  const world: PolledWorld = new PolledWorld((n) => {
    during.push(world.poller.stats.circuit);
    return n === 0 || n === 8 ? sample(n) : refused;
  });
  await world.runPolls(9);
  assertEquals(world.outcomes.map(({ stats }) => stats.circuit), [
    "closed",
    ...Array(CIRCUIT_OPENS_AFTER - 1).fill("closed"),
    ...Array(7 - CIRCUIT_OPENS_AFTER + 1).fill("open"),
    "closed",
  ]);
  assertEquals(during.slice(0, 6), Array(6).fill("closed"));
  assertEquals(during.slice(6), ["half_open", "half_open", "half_open"]);
  assertEquals(world.stats.consecutive_failures, 0);
});

Deno.test("A half-open poll is reported when it begins, with the counters of ended polls", async () => {
  const reported_before: number[] = [];
  const world: PolledWorld = new PolledWorld((n) => {
    reported_before.push(world.reported.length);
    return n === 0 || n === 8 ? sample(n) : refused;
  });
  await world.runPolls(10);
  assertEquals(reported_before, [0, 0, 0, 0, 0, 0, 1, 2, 3, 3]);
  assertEquals(world.reported.map(({ circuit, polls, failures }) => [circuit, polls, failures]), [
    ["half_open", 6, 5],
    ["half_open", 7, 6],
    ["half_open", 8, 7],
  ]);
  for (const { polls, successes, failures } of [...world.reported, world.stats]) {
    assertEquals(polls, successes + failures);
  }
});

Deno.test("With an open circuit, the next poll is at least half of BACKOFF_MAX_MS away", async () => {
  const world = new PolledWorld((n) => n === 0 ? sample(1) : refused);
  world.random = 0;
  await world.runPolls(1 + CIRCUIT_OPENS_AFTER);
  assertEquals(world.stats.backoff_ms, 2500);
});

Deno.test("A refused body gives its memory back, an accepted one does not", async () => {
  const taken = new Set<SharedArrayBuffer>();
  const buffers = {
    take(bytes: number) {
      const buffer = new SharedArrayBuffer(bytes);
      taken.add(buffer);
      return buffer;
    },
    give: (buffer: SharedArrayBuffer) => void taken.delete(buffer),
  };
  const steps: Step[] = [sample(1), sample(1), { csv: "<html>" }, {
    csv: "switch_id,m\nsw-0,",
    error: new PollError("truncated", "broke off"),
  }];
  const world = new PolledWorld((n) => steps[n], buffers);
  await world.runPolls(1);
  const held = taken.size;
  assertGreater(held, 0);
  await world.runPolls(4);
  assertEquals(world.stats.failures_by_cause, { html: 1, truncated: 1 });
  assertEquals(taken.size, held);
});

Deno.test("A successful poll ends the backoff, and reported stats do not change", async () => {
  const world = new PolledWorld((n) => n === 1 || n === 3 ? refused : sample(n));
  await world.runPolls(4);
  assertEquals(world.outcomes.map(({ stats }) => stats.backoff_ms), [0, 1500, 0, 1500]);
  assertEquals(world.outcomes.map(({ stats }) => stats.consecutive_failures), [0, 1, 0, 1]);
  assertEquals(world.outcomes.map(({ stats }) => stats.failures_by_cause.refused), [
    undefined,
    1,
    1,
    2,
  ]);
});

Deno.test("A whole or a torn body between doubted ones resets the doubts", async () => {
  const whole = (n: number): Step => ({ csv: `switch_id,m\nsw-0,${n}\n` });
  const cut = (n: number): Step => ({ csv: `switch_id,m\nsw-0,${n}`, end_known: false });
  for (const [between, taken] of [[whole(4), true], [{ csv: "switch_id,m\nsw" }, false]] as const) {
    const steps = [whole(0), cut(1), cut(2), cut(3), between, cut(5), cut(6), cut(7), cut(8)];
    const world = new PolledWorld((n) => steps[n]);
    await world.runPolls(steps.length);
    const all = world.outcomes.map(({ snapshot }) => snapshot !== null);
    assertEquals(all, [true, false, false, false, taken, false, false, false, true]);
  }
});

Deno.test("A defect during a poll is reported as internal, and polling continues", async () => {
  const world = new PolledWorld((n) => n === 0 ? { error: new RangeError("bug") } : sample(n));
  await world.runPolls(2);
  assertEquals(world.outcomes.map(({ fields }) => fields.cause ?? fields.snapshot_id), [
    "internal",
    "boot-1",
  ]);
});

Deno.test("A paused poller polls no more and reports no failures; a started one polls at once", async () => {
  const world = new PolledWorld((n) => n === 0 || n > 6 ? sample(n) : refused);
  await world.runPolls(7);
  const { circuit, backoff_ms } = world.poller.stats;
  assertEquals([circuit, backoff_ms > 0], ["open", true]);
  world.poller.pause();
  assertEquals(await world.runPolls(8), false);
  const paused = world.poller.stats;
  const { consecutive_failures, failures } = paused;
  assertEquals([paused.circuit, paused.backoff_ms, consecutive_failures, failures], [
    "closed",
    0,
    0,
    6,
  ]);
  world.poller.start();
  await world.runPolls(8);
  assertEquals([world.requests.length, world.stats.snapshot_id], [8, "boot-7"]);
});

Deno.test("After stop() no poll starts, and one in progress is not reported", async () => {
  const world: PolledWorld = new PolledWorld((n) => {
    if (n === 2) world.poller.stop();
    return sample(n);
  });
  assertEquals(await world.runPolls(5), false);
  assertEquals([world.requests.length, world.outcomes.length], [3, 2]);
});

Deno.test("emptyStats() starts closed, at zero, without a snapshot", () => {
  const { url, polls, circuit, snapshot_id, last_success } = emptyStats("http://u:p@host/");
  const expected = ["http://host/", 0, "closed", null, null];
  assertEquals([url, polls, circuit, snapshot_id, last_success], expected);
});
