import { assert, assertEquals } from "@std/assert";
import { forSeeds } from "../testing/random.ts";
import { CIRCUIT_OPENS_AFTER, retryAfter, retryDelay } from "./backoff.ts";

const RETRY_AFTER_MS_MAX = 300_000;

const HELD = {
  consecutive_failures: 1,
  has_snapshot: true,
  poll_ms: 1500,
  backoff_max_ms: 5000,
  retry_after_ms: 0,
};

Deno.test("With a snapshot, retryDelay() is uniform up to 2, 4, 8 … × the interval", () => {
  const at = (n: number, random: number) =>
    retryDelay({ ...HELD, consecutive_failures: n, backoff_max_ms: 60_000 }, random);
  assertEquals([at(1, 0), at(1, 0.5), at(1, 0.999999)], [0, 1500, 3000]);
  assertEquals([at(2, 0), at(2, 0.5), at(3, 0.5), at(4, 0.5)], [0, 3000, 6000, 12_000]);
});

Deno.test("retryDelay() is at most BACKOFF_MAX_MS, POLL_MS or a bounded Retry-After", () => {
  forSeeds(2000, (random) => {
    const situation = {
      consecutive_failures: 1 + random.below(5000),
      has_snapshot: random.chance(0.5),
      poll_ms: 100 + random.below(100_000),
      backoff_max_ms: 100 + random.below(20_000),
      retry_after_ms: random.of([0, 10, 1e9]),
    };
    const most_ms = situation.retry_after_ms > 10
      ? RETRY_AFTER_MS_MAX
      : Math.max(situation.backoff_max_ms, situation.poll_ms);
    const delay_ms = retryDelay(situation, random.next());
    assert(delay_ms >= 0 && delay_ms <= most_ms, `${delay_ms} ms`);
  });
});

Deno.test("With an open circuit, a source is not polled more often than a healthy one", () => {
  const at = (poll_ms: number, random: number) =>
    retryDelay({ ...HELD, consecutive_failures: CIRCUIT_OPENS_AFTER, poll_ms }, random);
  assertEquals([at(60_000, 0), at(60_000, 0.999999)], [60_000, 60_000]);
  assertEquals([at(4000, 0), at(4000, 0.5), at(4000, 0.999999)], [4000, 4000, 5000]);
});

Deno.test("With POLL_MS above BACKOFF_MAX_MS, retryDelay() is first uniform up to POLL_MS", () => {
  const closed = { ...HELD, poll_ms: 60_000 };
  assertEquals([0, 0.5, 0.999999].map((random) => retryDelay(closed, random)), [0, 30_000, 60_000]);
});

Deno.test("With an open circuit, retryDelay() is between half and all of BACKOFF_MAX_MS", () => {
  const open = { ...HELD, consecutive_failures: CIRCUIT_OPENS_AFTER };
  assertEquals([retryDelay(open, 0), retryDelay(open, 0.999999)], [2500, 5000]);
});

Deno.test("Without a snapshot, retryDelay() starts at 100 ms, doubles, and stays at the interval", () => {
  const at = (n: number, random: number) =>
    retryDelay({ ...HELD, has_snapshot: false, consecutive_failures: n }, random);
  assertEquals(at(1, 0), 50);
  assertEquals([1, 2, 3, 4, 5, 50, 5000].map((n) => at(n, 0.999999)), [
    100,
    200,
    400,
    800,
    1500,
    1500,
    1500,
  ]);
});

Deno.test("A 20 s outage causes fewer retries than regular polls", () => {
  forSeeds(50, (random) => {
    let attempts = 0;
    for (let at_ms = 0, n = 1; at_ms < 20_000; n++) {
      at_ms += retryDelay({ ...HELD, consecutive_failures: n }, random.next());
      attempts++;
    }
    assert(attempts <= 20_000 / HELD.poll_ms * 1.1, `${attempts} attempts`);
  });
});

Deno.test("retryDelay() honours a longer Retry-After, up to five minutes", () => {
  assertEquals(retryDelay({ ...HELD, retry_after_ms: 4000 }, 0), 4000);
  assertEquals(retryDelay({ ...HELD, retry_after_ms: 1000 }, 0.9), 2700);
  assertEquals(retryDelay({ ...HELD, retry_after_ms: 120_000 }, 0.9), 120_000);
  assertEquals(retryDelay({ ...HELD, retry_after_ms: 3_600_000 }, 0.9), RETRY_AFTER_MS_MAX);
});

for (
  const [header, delay_ms] of [
    [null, 0],
    ["", 0],
    ["2", 2000],
    [" 120 ", 120_000],
    ["-1", 0],
    ["1.5", 0],
    ["soon", 0],
    ["1e3", 0],
    ["Wed, 21 Oct 2026 07:28:00 GMT", 60_000],
    ["Wed, 21 Oct 2026 07:26:00 GMT", 0],
    ["Wednesday, 21-Oct-26 07:28:00 GMT", 60_000],
    ["Wed Oct 21 07:28:00 2026", 60_000],
    ["2026-10-21", 0],
  ] as const
) {
  Deno.test(`retryAfter(${JSON.stringify(header)}) is ${delay_ms} ms`, () => {
    assertEquals(retryAfter(header, Date.UTC(2026, 9, 21, 7, 27)), delay_ms);
  });
}
