import { assert, assertEquals } from "@std/assert";
import { drawFault, SLOW_SHARE } from "./faults.ts";
import { RANDOM_STREAMS, Sfc32 } from "./random.ts";

const REQUESTS = 10_000;
const SEED = 42;

function draw(settings: { error_pct: number; slow_ms: number }, requests = REQUESTS) {
  const random = new Sfc32(SEED, RANDOM_STREAMS.faults);
  return Array.from({ length: requests }, () => drawFault(random, settings));
}

/** Six standard deviations around the share of `REQUESTS` independent draws. */
function assertShare(count: number, share: number): void {
  const bound = 6 * Math.sqrt(REQUESTS * share * (1 - share));
  assert(
    Math.abs(count - REQUESTS * share) <= bound,
    `${count} of ${REQUESTS}, expected ${REQUESTS * share} ± ${bound} (seed ${SEED})`,
  );
}

Deno.test("drawFault makes an error of the share asked for", () => {
  for (const error_pct of [0, 0.5, 5, 50, 100]) {
    const faults = draw({ error_pct, slow_ms: 0 });
    assertShare(faults.filter((fault) => fault.is_error).length, error_pct / 100);
  }
});

Deno.test("drawFault delays about 20 % of the requests by exactly what is set", () => {
  const faults = draw({ error_pct: 0, slow_ms: 250 });
  const slow = faults.filter((fault) => fault.delay_ms !== 0);
  assert(slow.every((fault) => fault.delay_ms === 250));
  assertShare(slow.length, SLOW_SHARE);
});

Deno.test("drawFault draws errors and delays apart: one in five errors is delayed too", () => {
  const errors = draw({ error_pct: 50, slow_ms: 250 }).filter((fault) => fault.is_error);
  const share = errors.filter((fault) => fault.delay_ms > 0).length / errors.length;
  assert(Math.abs(share - SLOW_SHARE) < 0.04, `share ${share}`);
});

Deno.test("drawFault hits the same requests whatever the other fault is set to", () => {
  const alone = draw({ error_pct: 5, slow_ms: 0 }, 500).map((fault) => fault.is_error);
  const both = draw({ error_pct: 5, slow_ms: 99 }, 500).map((fault) => fault.is_error);
  assertEquals(both, alone);
});

Deno.test("drawFault does nothing where nothing is asked for", () => {
  const faults = draw({ error_pct: 0, slow_ms: 0 });
  assert(faults.every((fault) => !fault.is_error && fault.delay_ms === 0));
});
