import { assertEquals } from "@std/assert";
import { parseGateOptions } from "./options.ts";
import { timeLeft } from "./time_left.ts";

const OPTIONS = parseGateOptions(["--seconds", "1", "--rounds", "5"]);

Deno.test("the time left is the rest of the scene and all of the later ones", () => {
  const [last, first] = [4, 0].map((round) => timeLeft(OPTIONS, "refresh", round));
  assertEquals([last, first], [7, 31]);
  assertEquals(timeLeft(OPTIONS, "steady", 4), 1 + 3 + first);
});

Deno.test("the time left counts neither a scene that is not measured nor less than one round", () => {
  const only = parseGateOptions(["--only", "default", "--seconds", "1", "--rounds", "5"]);
  assertEquals(timeLeft(only, "default", 4), 9);
  assertEquals(timeLeft(only, "default", 7), 9);
});
