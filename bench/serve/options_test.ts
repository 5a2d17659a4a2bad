import { assertEquals, assertThrows } from "@std/assert";
import { UsageError } from "../rig/mod.ts";
import { FIGURES, parseOptions, USAGE } from "./options.ts";

Deno.test("parseOptions() without arguments measures everything", () => {
  assertEquals(parseOptions([]), {
    figures: new Set(["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]),
    seconds: 3,
    refresh_seconds: 8,
    rounds: 6,
    engine: "own",
    json: null,
  });
});

Deno.test("parseOptions() lets every option override --quick, in any order", () => {
  const args = ["--only", "a, g", "--rounds", "9", "--seconds", "2", "--engine", "wrk"];
  const expected = {
    figures: new Set(["a", "g"]),
    seconds: 2,
    refresh_seconds: 2,
    rounds: 9,
    engine: "wrk" as const,
    json: "out.json",
  };
  assertEquals(parseOptions([...args, "--json", "out.json", "--quick"]), expected);
  assertEquals(parseOptions(["--quick", ...args, "--json", "out.json"]), expected);
});

Deno.test("parseOptions() shortens rounds with --quick", () => {
  const { seconds, refresh_seconds, rounds } = parseOptions(["--quick"]);
  assertEquals([seconds, refresh_seconds, rounds], [1, 4, 4]);
});

const REFUSED: [args: string[], message: string][] = [
  [["--fast"], "--fast: unknown option"],
  [["--only"], "--only: needs a value"],
  [["--only", "a,z"], '--only a,z: must be of a,b,c,d,e,f,g,h,i,j, got "z"'],
  [["--only", ""], '--only : must be of a,b,c,d,e,f,g,h,i,j, got ""'],
  [["--seconds", "0"], "--seconds 0: must be a whole number 1–600"],
  [["--seconds", "1.5"], "--seconds 1.5: must be a whole number 1–600"],
  [["--rounds", "101"], "--rounds 101: must be a whole number 1–100"],
  [["--rounds", "many"], "--rounds many: must be a whole number 1–100"],
  [["--engine", "ab"], "--engine ab: must be own or wrk"],
];

for (const [args, message] of REFUSED) {
  Deno.test(`parseOptions() refuses [${args}]`, () => {
    const error = assertThrows(() => parseOptions(args), UsageError);
    assertEquals(error.message, message);
  });
}

Deno.test("USAGE names every figure", () => {
  for (const [letter, name] of Object.entries(FIGURES)) {
    assertEquals(USAGE.includes(`${letter} ${name}`), true, letter);
  }
});
