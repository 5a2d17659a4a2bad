import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type Check,
  type Claim,
  exitCode,
  judge,
  median,
  quartiles,
  ratios,
  spread,
  type Verdict,
} from "./verdict.ts";

const CLAIM: Claim = { figure: "a", name: "x", unit: "", samples: [], relation: "≥", bound: 10 };

const VERDICTS: [name: string, claim: Partial<Claim>, verdict: Verdict, value: number][] = [
  ["above a lower bound holds", { samples: [9, 11, 12] }, "holds", 11],
  ["at a lower bound holds", { samples: [10] }, "holds", 10],
  ["below a lower bound is broken", { samples: [9.9] }, "broken", 9.9],
  ["below an upper bound holds", { samples: [9], relation: "≤" }, "holds", 9],
  ["at an upper bound holds", { samples: [10], relation: "≤" }, "holds", 10],
  ["above an upper bound is broken", { samples: [10.1], relation: "≤" }, "broken", 10.1],
  ["without samples is inconclusive", { samples: [] }, "inconclusive", NaN],
  ["of NaN is inconclusive", { samples: [NaN, NaN] }, "inconclusive", NaN],
  [
    "that holds with a doubt is inconclusive",
    { samples: [99], doubts: ["?"] },
    "inconclusive",
    99,
  ],
  [
    "that is broken with a doubt is inconclusive",
    { samples: [1], doubts: ["?"] },
    "inconclusive",
    1,
  ],
  [
    "that holds in spite of harmful noise holds",
    { samples: [99], doubts: ["?"], noise_only_hurts: true },
    "holds",
    99,
  ],
  [
    "that is broken under harmful noise is inconclusive",
    { samples: [1], doubts: ["?"], noise_only_hurts: true },
    "inconclusive",
    1,
  ],
  [
    "of distant rounds on both sides is inconclusive",
    { samples: [8, 8, 11, 13, 13] },
    "inconclusive",
    11,
  ],
  [
    "of close rounds on both sides follows the median",
    { samples: [9.9, 9.9, 10, 10.2] },
    "broken",
    9.95,
  ],
  ["of distant rounds on one side holds", { samples: [11, 20, 30, 40] }, "holds", 25],
];

for (const [name, claim, verdict, value] of VERDICTS) {
  Deno.test(`judge(): a figure ${name}`, () => {
    const check = judge({ ...CLAIM, ...claim });
    assertEquals([check.verdict, check.value], [verdict, value]);
    assertEquals(check.doubts.length > 0, verdict === "inconclusive");
  });
}

Deno.test("judge() reports the range of contradictory rounds", () => {
  assertEquals(judge({ ...CLAIM, samples: [8, 8, 11, 13, 13] }).doubts, [
    "rounds on both sides of the bound: middle half 8.00–13.00",
  ]);
});

const CODES: [verdicts: Verdict[], code: number][] = [
  [["holds", "holds"], 0],
  [["holds", "broken", "inconclusive"], 1],
  [["holds", "inconclusive"], 2],
  [[], 2],
];

for (const [verdicts, code] of CODES) {
  Deno.test(`exitCode() of [${verdicts}] is ${code}`, () => {
    assertEquals(exitCode(verdicts.map((verdict) => ({ verdict }) as Check)), code);
  });
}

Deno.test("judge(): one of few rounds that clearly holds makes the others inconclusive", () => {
  const claim = { figure: "a", name: "p99", unit: "×", relation: "≤", bound: 1.5 } as const;
  const verdictOf = (samples: number[]) => judge({ ...claim, samples }).verdict;
  assertEquals(verdictOf([1.3, 1.87, 2.2]), "inconclusive");
  assertEquals(verdictOf([1.6, 1.87, 2.2]), "broken");
  assertEquals(verdictOf([1.3, 1.87, 1.9, 2, 2.2]), "broken");
});

Deno.test("median() does not depend on the order of its values", () => {
  assertEquals(median([30, 10, 20]), 20);
  assertEquals(median([4, 1, 2, 3]), 2.5);
  assertEquals(median([]), NaN);
});

Deno.test("quartiles() interpolates between closest ranks", () => {
  assertEquals(quartiles([5, 4, 3, 2, 1]), [2, 3, 4]);
  assertEquals(quartiles([1, 2]), [1.25, 1.5, 1.75]);
});

Deno.test("spread() is the interquartile range over the median, robust to one outlier", () => {
  assertEquals(spread([7, 7, 7]), 0);
  assertAlmostEquals(spread([1, 2, 3, 4, 5]), 2 / 3);
  assertEquals(spread([100, 100, 100, 100, 900]), 0);
});

Deno.test("ratios() divides round by round", () => {
  assertEquals(ratios([1, 9], [2, 3]), [0.5, 3]);
});

Deno.test("three quarters of the samples beyond beyond_doubt are broken in spite of doubts", () => {
  const claim = { figure: "a", name: "p95", unit: "ms", bound: 7, doubts: ["busy"] } as const;
  const verdict = (samples: number[]) =>
    judge({ ...claim, samples, relation: "≤", beyond_doubt: 21 }).verdict;
  assertEquals(verdict([40, 42, 44, 41, 6]), "broken");
  assertEquals(verdict([40, 42, 44, 6, 6]), "inconclusive");
  assertEquals(verdict([20, 20, 20, 20, 20]), "inconclusive");
  assertEquals(verdict([40, 42, 44, 41]), "inconclusive");
  const rate = judge({
    ...claim,
    samples: Array(5).fill(0.1),
    relation: "≥",
    bound: 0.9,
    beyond_doubt: 0.3,
  });
  assertEquals([rate.verdict, rate.doubts], ["broken", []]);
});
