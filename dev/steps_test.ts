import { assertEquals } from "@std/assert";
import { stepsOf } from "./steps.ts";

Deno.test("stepsOf takes variables, words and flags for the last step", () => {
  assertEquals(stepsOf(["fmt --check", "A=1 B=2 test e2e/", "--parallel", "x"]), [
    { args: ["fmt", "--check"], env: {} },
    { args: ["test", "e2e/", "--parallel", "x"], env: { A: "1", B: "2" } },
  ]);
});

Deno.test("stepsOf runs no step with --help", () => {
  assertEquals(stepsOf(["fmt --check", "lint", "--help"]), null);
});
