import { assertEquals } from "@std/assert";
import { round } from "../rig/testing/rounds.ts";
import { bareSlowed, bareStalled, notForgotten } from "./refresh_claims.ts";

const passes = (refresh_p99_ms: number, ours_ms = 0.9) =>
  [1, 2, 3].map(() => ({
    hold: { subject: round({ p99_ms: 0.4 }), control: round({ p99_ms: 0.4 }) },
    refresh: { subject: round({ p99_ms: ours_ms }), control: round({ p99_ms: refresh_p99_ms }) },
  }));

Deno.test("gate: a bare server slowed beyond the bound by refreshes is a doubt", () => {
  assertEquals(bareSlowed(passes(0.6)), []);
  assertEquals(bareSlowed(passes(0.8)), [
    "refreshes raise the p99 of a bare server 2.00 ×",
  ]);
});

Deno.test("gate: a slowed bare server excuses 1.5 × its slow-down, not more", () => {
  assertEquals(bareSlowed(passes(0.8, 1.2)).length, 1);
  assertEquals(bareSlowed(passes(0.8, 1.3)), []);
});

Deno.test("gate: a block near a bare server's slowest response is a doubt", () => {
  const stalled = (max_ms: number, block_ms: number) =>
    bareStalled(
      [1, 2, 3].map(() => ({
        refresh: { subject: round(), control: round({ max_ms }) },
        block_ms,
      })),
    );
  assertEquals(stalled(9, 14), []);
  assertEquals(stalled(12, 14), [
    "a bare server beside the refreshes responds in up to 12.0 ms",
  ]);
  assertEquals(stalled(12, 50), []);
});

Deno.test("gate: a long block from before the refreshes is a doubt until one exceeds it", () => {
  const blocks = (...pairs: [remembered_ms: number, block_ms: number][]) =>
    pairs.map(([remembered_ms, block_ms]) => ({ remembered_ms, block_ms }));
  assertEquals(notForgotten(blocks([18, 18], [18, 18])), [
    "blocks of 18.0 ms before the refreshes hide theirs",
  ]);
  assertEquals(notForgotten(blocks([18, 18], [18, 20])), []);
  assertEquals(notForgotten(blocks([9, 18], [18, 18])), []);
  assertEquals(notForgotten(blocks([9, 6], [9, 9])), []);
});
