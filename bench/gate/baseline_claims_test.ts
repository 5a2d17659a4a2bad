import { assert, assertEquals } from "@std/assert";
import { rounds } from "../rig/testing/rounds.ts";
import { DEFAULT_COMPARISONS, judgeComparison, PAIRS_MIN } from "./baseline_claims.ts";

const [TIME, P95] = DEFAULT_COMPARISONS;
const BASE = rounds("rate_per_s", [100, 101, 99, 100, 102, 98].map((rate) => rate * 1000));
const slower = (factor: number) =>
  rounds("rate_per_s", BASE.map(({ rate_per_s }) => rate_per_s / factor));

const verdict = (head: typeof BASE, doubts: string[] = []) =>
  judgeComparison(TIME, "main (1a2b3c4)", head, BASE, doubts);

Deno.test("a commit as fast as its baseline passes", () => {
  assertEquals(verdict(slower(1)).verdict, "holds");
});

Deno.test("a tolerated slow-down passes", () => {
  assertEquals(verdict(slower(1.04)).verdict, "holds");
});

Deno.test("a commit 10 % slower in every round fails with its p-value", () => {
  const check = verdict(slower(1.1));
  assertEquals(check.verdict, "broken");
  assertEquals(check.name, "time per request at full load to main (1a2b3c4) (slower, p = 0.016)");
});

Deno.test("a slow-down of some rounds could be chance", () => {
  const head = rounds("rate_per_s", [100, 80, 101, 88, 101, 84].map((rate) => rate * 1000));
  const { verdict: judged, doubts } = verdict(head);
  assertEquals(judged, "inconclusive");
  assert(doubts.some((doubt) => doubt.includes("could be chance")), doubts.join());
});

Deno.test("too few pairs of rounds are inconclusive for any slow-down", () => {
  const head = slower(3).slice(0, 4);
  const { verdict: judged } = judgeComparison(TIME, "x", head, BASE.slice(0, 4), []);
  assertEquals(judged, "inconclusive");
  assertEquals([0.5 ** PAIRS_MIN <= 0.05 / 3, 0.5 ** (PAIRS_MIN - 1) <= 0.05 / 3], [true, false]);
});

Deno.test("doubts about the rounds make a comparison inconclusive", () => {
  assertEquals(verdict(slower(1.1), ["others ran"]).verdict, "inconclusive");
});

Deno.test("p95 is compared as a factor", () => {
  const head = rounds("p95_ms", [1.4, 1.41, 1.4, 1.42, 1.4, 1.39]);
  const base = rounds("p95_ms", [1.2, 1.2, 1.21, 1.2, 1.2, 1.19]);
  assertEquals(judgeComparison(P95, "x", head, base, []).verdict, "broken");
});
