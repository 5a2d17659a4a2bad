import { assertEquals } from "@std/assert";
import { round } from "../rig/testing/rounds.ts";
import type { Round } from "../rig/mod.ts";
import { judgeDefaultRounds } from "./default_claims.ts";

const three = (change: Partial<Round> = {}) => [1, 2, 3].map(() => round(change));
const AGES = { ages: { p95_ms: 900, max_ms: 1_000 } };
const HEALTHY = {
  bare: three(),
  on: three(),
  off: three(),
  profile: three(AGES),
  bare_profile: three(AGES),
};

function broken(change: Partial<Record<keyof typeof HEALTHY, Round[]>>): string[] {
  return judgeDefaultRounds("default", { ...HEALTHY, ...change }, [])
    .filter(({ verdict }) => verdict !== "holds")
    .map(({ name, verdict }) => `${verdict}: ${name}`);
}

const TABLE: [promise: string, change: Parameters<typeof broken>[0], expected: string[]][] = [
  ["a healthy server holds everything", {}, []],
  ["a profile p95 over 7 ms is broken", { profile: three({ ...AGES, p95_ms: 8 }) }, [
    "broken: getmetric.js, 100 VUs: p95",
  ]],
  ["data over its age is broken", { profile: three({ ages: { p95_ms: 1, max_ms: 20_000 } }) }, [
    "broken: getmetric.js: oldest reported age",
  ]],
  ["a profile without ages proves nothing", { profile: three() }, [
    "inconclusive: getmetric.js: oldest reported age",
  ]],
  ["a p95 is inconclusive if the bare server misses 7 ms", {
    profile: three({ ...AGES, p95_ms: 8 }),
    bare_profile: three({ ...AGES, p95_ms: 7.5 }),
  }, ["inconclusive: getmetric.js, 100 VUs: p95"]],
  ["a p95 is inconclusive if 1.35 × the bare server's is over 7 ms", {
    profile: three({ ...AGES, p95_ms: 8 }),
    bare_profile: three({ ...AGES, p95_ms: 6 }),
  }, ["inconclusive: getmetric.js, 100 VUs: p95"]],
  ["a p95 within 7 ms holds even then", {
    profile: three({ ...AGES, p95_ms: 6.9 }),
    bare_profile: three({ ...AGES, p95_ms: 6 }),
  }, []],
  ["a p95 of 8 ms beside a bare server with 5 ms is broken", {
    profile: three({ ...AGES, p95_ms: 8 }),
    bare_profile: three({ ...AGES, p95_ms: 5 }),
  }, ["broken: getmetric.js, 100 VUs: p95"]],
  ["one failed check is broken", {
    profile: [...three(AGES), round({ ...AGES, bad: 1, bad_detail: "not: x 1" })],
  }, ["broken: profile: errors (not: x 1)"]],
  ["0.8 × the bare server's rate is broken, with and without log", {
    on: three({ rate_per_s: 80_000 }),
    off: three({ rate_per_s: 80_000 }),
  }, [
    "broken: GetMetric, log on: requests/s to bare",
    "broken: GetMetric, log off: requests/s to bare",
  ]],
  ["a p95 1.5 × the bare server's is broken", { on: three({ p95_ms: 1.8 }) }, [
    "broken: GetMetric, log on: p95 to bare",
  ]],
];

for (const [promise, change, expected] of TABLE) {
  Deno.test(`gate: ${promise}`, () => assertEquals(broken(change), expected));
}

Deno.test("gate: a bare server that misses 7 ms makes no check broken", () => {
  const slow = three({ p95_ms: 9 });
  const rounds = {
    bare: slow,
    on: three({ p95_ms: 20 }),
    off: slow,
    profile: three({ ...AGES, p95_ms: 20 }),
    bare_profile: slow,
  };
  const verdicts = judgeDefaultRounds("default", rounds, [])
    .filter(({ unit }) => unit !== "").map(({ verdict }) => verdict);
  assertEquals(verdicts.includes("broken"), false);
  assertEquals(verdicts.includes("inconclusive"), true);
});

Deno.test("gate: every check names its scene", () => {
  const figures = judgeDefaultRounds("default", HEALTHY, []).map(({ figure }) => figure);
  assertEquals([...new Set(figures)], ["default"]);
});
