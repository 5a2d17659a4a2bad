import { assert, assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../rig/mod.ts";
import { PAIRS_MIN } from "./baseline_claims.ts";
import { parseGateOptions, USAGE } from "./options.ts";

Deno.test("deno task gate measures all scenes without options", () => {
  const options = parseGateOptions([]);
  assertEquals([...options.scenes], ["default", "steady", "refresh"]);
  assertEquals([options.seconds, options.rounds, options.baseline], [3, 6, null]);
});

Deno.test("options override --quick", () => {
  const { seconds, rounds, scenes } = parseGateOptions([
    "--quick",
    "--rounds",
    "9",
    "--only",
    "refresh",
  ]);
  assertEquals([seconds, rounds, [...scenes]], [1, 9, ["refresh"]]);
});

Deno.test("--baseline takes enough pairs of rounds for a significant slow-down", () => {
  const { rounds, refresh_rounds } = parseGateOptions(["--baseline", "HEAD~1"]);
  assertEquals(Math.min(rounds, refresh_rounds), PAIRS_MIN);
});

const REFUSED: [args: string[], message: string][] = [
  [["--rounds", "0"], "--rounds 0: must be a whole number 1–100"],
  [["--seconds", "1.5"], "--seconds 1.5: must be a whole number 1–600"],
  [["--only", "x"], "--only x: must be of default, steady, refresh"],
  [["--out"], "--out: needs a value"],
  [["--fast"], "--fast: unknown option"],
];

for (const [args, message] of REFUSED) {
  Deno.test(`deno task gate ${args.join(" ")} is refused: ${message}`, () => {
    assertThrows(() => parseGateOptions(args), UsageError, message);
  });
}

Deno.test("--help names every option", () => {
  for (const name of ["--quick", "--only", "--seconds", "--rounds", "--baseline", "--out"]) {
    assertEquals(USAGE.includes(`  ${name}`), true, name);
  }
});

Deno.test("every gate command of the README is valid", () => {
  const readme = Deno.readTextFileSync("README.md");
  const lines = [...readme.matchAll(/^deno task gate (.+)$/gm)].map(([, words]) => words);
  assert(lines.length > 0);
  for (const words of lines) parseGateOptions(words.split(" "));
});
