import { assertEquals } from "@std/assert";
import type { Round } from "../rig/mod.ts";
import { round } from "../rig/testing/rounds.ts";
import { judgeBlock, judgePairs } from "./steady_claims.ts";

const CALM: Partial<Round> = { p99_ms: 1.2, responses: 2_000, slow: 0 };
const BUSY = ["other programs took 60 % of the machine, more than 5 %"];

/** The verdicts that are not "holds", for `count` equal rounds. */
function verdicts(
  subject: Partial<Round>,
  control: Partial<Round> = {},
  { count = 6, doubts = [] as string[] } = {},
): string[] {
  const pair = { subject: round({ ...CALM, ...subject }), control: round({ ...CALM, ...control }) };
  return judgePairs("steady", Array(count).fill(pair), doubts)
    .filter(({ verdict }) => verdict !== "holds")
    .map(({ name, verdict }) => `${verdict}: ${name}`);
}

const P99 = "p99 to bare in the same seconds", SLOW = "answers over 7 ms beyond bare's";

const TABLE: [promise: string, found: string[], expected: string[]][] = [
  ["equal servers hold everything", verdicts({}), []],
  ["one answer in 30 slowed by 40 ms is broken", verdicts({ p99_ms: 41, slow: 67 }), [
    `broken: ${P99}`,
    `broken: ${SLOW}`,
  ]],
  [
    "it is broken on a busy machine, too",
    verdicts({ p99_ms: 41, slow: 67 }, { p99_ms: 6, slow: 10 }, { doubts: BUSY }),
    [`broken: ${P99}`, `broken: ${SLOW}`],
  ],
  [
    "42 ms for every answer from the start are broken on a busy machine",
    verdicts({ p99_ms: 60, slow: 2_000 }, { p99_ms: 12, slow: 80 }, { doubts: BUSY }),
    [`broken: ${P99}`, `broken: ${SLOW}`],
  ],
  [
    "three rounds of a slow tail on a busy machine are inconclusive",
    verdicts({ p99_ms: 41, slow: 67 }, { p99_ms: 6, slow: 10 }, { doubts: BUSY, count: 3 }),
    [`inconclusive: ${P99}`, `inconclusive: ${SLOW}`],
  ],
  [
    "a pause that slows both servers alike holds",
    verdicts({ p99_ms: 30, slow: 90 }, { p99_ms: 25, slow: 84 }, { doubts: BUSY }),
    [],
  ],
  [
    "a difference on a busy machine that slows the control, too, is inconclusive",
    verdicts({ p99_ms: 30, slow: 100 }, { p99_ms: 15, slow: 60 }, { doubts: BUSY }),
    [`inconclusive: ${P99}`, `inconclusive: ${SLOW}`],
  ],
  [
    "a p99 of 1.4 ms beside one of 0.4 ms is no difference",
    verdicts({ p99_ms: 1.4 }, {
      p99_ms: 0.4,
    }),
    [],
  ],
  ["rounds of few responses are inconclusive", verdicts({ responses: 900 }), [
    `inconclusive: ${P99}`,
    `inconclusive: ${SLOW}`,
  ]],
  ["two rounds are inconclusive", verdicts({}, {}, { count: 2 }), [
    `inconclusive: ${P99}`,
    `inconclusive: ${SLOW}`,
  ]],
  [
    "one wrong answer is broken, whatever the machine does",
    verdicts({ bad: 1, bad_detail: "unexpected_status 1" }, {}, { count: 1, doubts: BUSY }).slice(
      -1,
    ),
    ["broken: errors (unexpected_status 1)"],
  ],
];

for (const [promise, found, expected] of TABLE) {
  Deno.test(`beside a control: ${promise}`, () => assertEquals(found, expected));
}

const BLOCKS: [promise: string, subject_ms: number, control_ms: number, verdict: string][] = [
  ["of 20 ms holds", 20, 5, "holds"],
  ["of 55 ms is broken if the control's loop ran", 55, 5, "broken"],
  ["of 80 ms is inconclusive if the control was blocked for 30 ms", 80, 30, "inconclusive"],
  ["six times as long as the control's is broken", 200, 30, "broken"],
];

for (const [promise, subject_ms, control_ms, verdict] of BLOCKS) {
  Deno.test(`a block of the event loop ${promise}`, () => {
    assertEquals(judgeBlock("steady", { subject_ms, control_ms }, []).verdict, verdict);
  });
}

Deno.test("a single block beside busy programs is inconclusive, however long", () => {
  assertEquals(judgeBlock("s", { subject_ms: 157, control_ms: 9 }, BUSY).verdict, "inconclusive");
  assertEquals(judgeBlock("s", { subject_ms: 49, control_ms: 9 }, BUSY).verdict, "holds");
});
