import { assertEquals } from "@std/assert";
import { type Doubt, doubtAgain, isBelieved, NO_DOUBT } from "./doubt.ts";

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
const cuts = (...all: number[]) => all.map((rows) => ({ about: "line_end", rows }) as const);

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
