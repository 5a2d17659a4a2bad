import { assertEquals } from "@std/assert";
import { cutAgain, type Doubt, doubtAgain, isBelieved, NO_DOUBT } from "./doubt.ts";

/** Which of these bodies, each refused, would have been believed. */
function believed(doubts: Doubt[]): boolean[] {
  let doubted = NO_DOUBT;
  return doubts.map((doubt) => {
    const answer = isBelieved(doubted, doubt);
    doubted = doubtAgain(doubted, doubt);
    return answer;
  });
}

const times = (...all: number[]) => all.map((source_ts) => ({ about: "time", source_ts }) as const);
const cuts = (...all: number[]) => all.map((rows) => cut(rows));

function cut(rows: number, chance = 0.5, is_strict = false) {
  return { about: "line_end", rows, chance, is_strict } as const;
}

Deno.test("An older time that keeps running is believed after three refusals", () => {
  assertEquals(believed(times(1, 2, 3, 4)), [false, false, false, true]);
});

Deno.test("A time that stands still or jumps back is never believed", () => {
  assertEquals(believed(times(1, 1, 1, 1, 1)), [false, false, false, false, false]);
  assertEquals(believed(times(1, 2, 3, 1, 2, 3)), Array(6).fill(false));
});

Deno.test("A refused snapshot polled again counts once", () => {
  assertEquals(believed(times(1, 1, 2, 2, 2, 3, 3, 4)), [...Array(7).fill(false), true]);
});

Deno.test("A missing line end is believed after three bodies with as many rows", () => {
  assertEquals(believed(cuts(7, 7, 7, 7)), [false, false, false, true]);
  assertEquals(believed(cuts(7, 6, 7, 6, 7)), Array(5).fill(false));
});

Deno.test("Doubts of one kind neither count for the other kind nor reset it", () => {
  assertEquals(believed([...times(1, 2), ...cuts(7, 7), ...times(3)]), Array(5).fill(false));
  assertEquals(
    believed([...times(1, 2), ...cuts(7, 7), ...times(3, 4), ...cuts(7, 7)]),
    [...Array(5).fill(false), true, false, true],
  );
});

/** Bodies refused before one is believed, if the number of rows changes each time. */
function refused(chance: number, is_strict = false, rowsOf = (n: number) => 10 ** (n % 2)): number {
  const bodies = Array.from({ length: 30 }, (_, n) => cut(rowsOf(n), chance, is_strict));
  return believed(bodies).indexOf(true);
}

Deno.test("Whole last rows are believed once random cuts are unlikely to have left them all", () => {
  assertEquals([0.03, 0.3, 0.5].map((chance) => refused(chance)), [3, 5, 9]);
  assertEquals([0.03, 0.3, 0.5].map((chance) => refused(chance, true)), [3, 11, 19]);
  assertEquals(refused(1), -1, "every cut of a single column looks whole");
  assertEquals([0.3, 0.5, 0.9].map((chance) => refused(chance, false, (n) => 100 + n)), [3, 3, 3]);
  assertEquals(refused(0.5, true, (n) => 100 + n), 19, "cuts at a fixed length are near, too");
});

Deno.test("An equal number of rows is no evidence if the last body had more", () => {
  assertEquals(believed(Array(8).fill(cut(7, 0.5, true))), Array(8).fill(false));
});

Deno.test("A body cut inside a row resets the evidence for missing line ends", () => {
  let doubted = NO_DOUBT;
  for (const doubt of cuts(7, 7, 7)) doubted = doubtAgain(doubted, doubt);
  assertEquals([isBelieved(doubted, cut(7)), isBelieved(cutAgain(doubted), cut(7))], [true, false]);
});
