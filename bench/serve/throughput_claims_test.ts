import { assertEquals } from "@std/assert";
import { round, rounds } from "../rig/testing/rounds.ts";
import { judgeClaim, judgeErrors, LOADS, type ThroughputClaim } from "./throughput_claims.ts";

const BARE = rounds("rate_per_s", [100_000, 110_000, 90_000]);
const CLAIM: ThroughputClaim = { figure: "a", log: "on", measure: "rate_ratio", bound: 0.85 };

Deno.test("judgeClaim() takes the ratio per round for the claimed log setting", () => {
  const on = rounds("rate_per_s", [90_000, 99_000, 81_000]);
  const off = rounds("rate_per_s", [50_000, 50_000, 50_000]);
  const check = judgeClaim("GetMetric", CLAIM, { bare: BARE, on, off }, []);
  assertEquals([check.value, check.verdict], [0.9, "holds"]);
  assertEquals(check.name, "GetMetric, log on: requests/s to bare");
  const check_off = judgeClaim("X", { ...CLAIM, log: "off" }, { bare: BARE, on, off }, []);
  assertEquals(check_off.verdict, "broken");
});

Deno.test("judgeClaim() requires a p95 ratio below its bound", () => {
  const claim: ThroughputClaim = { figure: "a", log: "on", measure: "p95_ratio", bound: 1.35 };
  const bare = rounds("p95_ms", [1, 1, 1]);
  const verdict = (p95_ms: number) => {
    const on = rounds("p95_ms", [p95_ms, p95_ms, p95_ms]);
    return judgeClaim("X", claim, { bare, on, off: on }, []).verdict;
  };
  assertEquals([verdict(1.35), verdict(1.36)], ["holds", "broken"]);
});

Deno.test("judgeClaim() of a disturbed p95 holds or is inconclusive, never broken", () => {
  const claim: ThroughputClaim = { figure: "a", log: "on", measure: "p95_ms", bound: 7 };
  const verdict = (p95_ms: number) => {
    const on = rounds("p95_ms", [p95_ms, p95_ms, p95_ms]);
    return judgeClaim("X", claim, { bare: on, on, off: on }, ["disturbed"]).verdict;
  };
  assertEquals([verdict(6), verdict(8)], ["holds", "inconclusive"]);
});

Deno.test("judgeClaim() keeps every doubt about a ratio", () => {
  const idle = rounds("cpu_share", [0.5, 0.5, 0.5]);
  const { doubts } = judgeClaim("X", CLAIM, { bare: idle, on: idle, off: idle }, ["disturbed"]);
  assertEquals([doubts[0], doubts.length], ["disturbed", 2]);
});

Deno.test("judgeErrors() breaks on any wrong response and names its kind", () => {
  assertEquals(judgeErrors("X", [round(), round()]), []);
  const wrong = [
    round({ bad: 3, bad_detail: "timeout 2, refused 1" }),
    round({ bad: 2, bad_detail: "timeout 2" }),
  ];
  const [check] = judgeErrors("X", [round(), ...wrong]);
  const name = "X: errors (timeout 4, refused 1)";
  assertEquals([check.verdict, check.value, check.name], ["broken", 5, name]);
});

Deno.test("LOADS covers figures a to d", () => {
  const figures = LOADS.flatMap(({ claims }) => claims.map(({ figure }) => figure));
  assertEquals([...new Set(figures)].sort(), ["a", "b", "c", "d"]);
});
