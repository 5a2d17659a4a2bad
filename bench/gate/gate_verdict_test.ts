import { assertEquals } from "@std/assert";
import { type Check, judge } from "../../tools/verdict/mod.ts";
import { concludeGate, GATE_EXIT } from "./gate_verdict.ts";

const check = (value: number, doubts: string[] = []): Check =>
  judge({
    figure: "s",
    name: "p95",
    unit: "ms",
    samples: [value],
    relation: "≤",
    bound: 7,
    doubts,
  });

const TABLE: [promise: string, checks: Check[], verdict: string, reason: string][] = [
  ["passes where every bound holds", [check(6), check(7)], "pass", "all 2 bounds hold"],
  [
    "fails on one broken bound and says by how much",
    [check(6), check(8.125)],
    "fail",
    "s: p95 is 8.13 ms, must be ≤ 7 ms",
  ],
  [
    "fails on a bound broken beyond doubt, whatever else is doubtful",
    [check(6, ["noise"]), check(9)],
    "fail",
    "s: p95 is 9 ms, must be ≤ 7 ms",
  ],
  [
    "is inconclusive where a check is doubtful, and says each reason once",
    [check(6), check(8, ["noise"]), check(9, ["noise"])],
    "inconclusive",
    "noise",
  ],
  ["is inconclusive where nothing was measured", [], "inconclusive", "nothing was measured"],
];

for (const [promise, checks, verdict, reason] of TABLE) {
  Deno.test(`the gate ${promise}`, () => {
    assertEquals(concludeGate(checks), { verdict, reason } as ReturnType<typeof concludeGate>);
  });
}

Deno.test("only a pass exits with 0", () => {
  assertEquals(GATE_EXIT, { pass: 0, fail: 1, inconclusive: 2 });
});
