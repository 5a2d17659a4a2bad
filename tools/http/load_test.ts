import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { runClosedLoop } from "./closed_loop.ts";
import { assertLoadPlan } from "./load.ts";
import { buildRequest } from "./request.ts";

const PLAN = {
  targets: [buildRequest({ host: "h", path: "/" })],
  connections: 1,
  warmup_ms: 0,
  duration_ms: 1,
};

const REFUSED: [change: object, message: string][] = [
  [{ targets: [] }, "targets must be 1–100000, got 0"],
  [{ connections: 0 }, "connections must be 1–10000, got 0"],
  [{ connections: 10_001 }, "connections must be 1–10000, got 10001"],
  [{ warmup_ms: -1 }, "warmup_ms must be 0–3600000, got -1"],
  [{ duration_ms: 0 }, "duration_ms must be 1–3600000, got 0"],
  [{ duration_ms: NaN }, "duration_ms must be 1–3600000, got NaN"],
  [{ rate_per_s: 0 }, "rate_per_s must be 1–1000000, got 0"],
];

for (const [change, message] of REFUSED) {
  Deno.test(`assertLoadPlan() refuses a plan: ${message}`, () => {
    assertThrows(
      () => assertLoadPlan({ ...PLAN, ...change }),
      RangeError,
      `Cannot start the load: ${message}`,
    );
  });
}

Deno.test("assertLoadPlan() accepts a plan within its limits", () => {
  assertLoadPlan({ ...PLAN, rate_per_s: 10_000 });
});

Deno.test("runClosedLoop() refuses a plan before it dials", async () => {
  let dialed = 0;
  const dial = () => Promise.reject(++dialed);
  const run = runClosedLoop({ ...PLAN, connections: 0 }, { dial, now: () => 0 });
  await assertRejects(() => run, RangeError);
  assertEquals(dialed, 0);
});
