import { assertEquals } from "@std/assert";
import { doubtsAbout } from "./doubts.ts";
import { round, rounds } from "./testing/rounds.ts";

const STEADY = [round(), round(), round()];

Deno.test("doubtsAbout() has no doubts about enough steady rounds", () => {
  assertEquals(doubtsAbout(STEADY, STEADY), []);
});

Deno.test("doubtsAbout() doubts two rounds, once", () => {
  const two = STEADY.slice(1);
  assertEquals(doubtsAbout(two, two), ["2 rounds, fewer than 3"]);
});

Deno.test("doubtsAbout() doubts a round with too few responses, on either side", () => {
  const thin = rounds("responses", [300_000, 999, 300_000]);
  const doubt = ["a round of 999 responses, fewer than 1000"];
  assertEquals(doubtsAbout(thin, STEADY), doubt);
  assertEquals(doubtsAbout(STEADY, thin), doubt);
});

Deno.test("doubtsAbout() doubts unsteady rates of the rival, not of the service", () => {
  const unsteady = rounds("rate_per_s", [60_000, 100_000, 140_000]);
  assertEquals(doubtsAbout(STEADY, unsteady), [
    "the rival's rates spread over 40 %, more than 25 %",
  ]);
  assertEquals(doubtsAbout(unsteady, STEADY), []);
});

Deno.test("doubtsAbout() doubts an idle rival: the load was the limit", () => {
  const idle = rounds("cpu_share", [0.6, 0.7, 0.95]);
  assertEquals(doubtsAbout(STEADY, idle), [
    "the rival's thread was busy 70 %, less than 80 %: the load generator or the machine was the " +
    "limit",
  ]);
});

Deno.test("doubtsAbout() has no doubt about an unknown CPU share", () => {
  assertEquals(doubtsAbout(STEADY, rounds("cpu_share", [NaN, NaN, NaN])), []);
});
