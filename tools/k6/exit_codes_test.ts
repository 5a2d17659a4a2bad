import { assertEquals } from "@std/assert";
import { EXIT_CODES, ExitDecision } from "./exit_codes.ts";

Deno.test("ExitDecision prefers the first cause to failed thresholds and exec.test.fail", () => {
  const exit = new ExitDecision();
  exit.markFailed();
  exit.decide(EXIT_CODES.script_aborted);
  exit.decide(EXIT_CODES.external_abort);
  assertEquals(exit.exitCode(false), EXIT_CODES.script_aborted);
});

Deno.test("ExitDecision prefers failed thresholds to exec.test.fail, and that to success", () => {
  const exit = new ExitDecision();
  assertEquals(exit.exitCode(true), EXIT_CODES.ok);
  exit.markFailed();
  assertEquals(exit.exitCode(true), EXIT_CODES.marked_failed);
  assertEquals(exit.exitCode(false), EXIT_CODES.thresholds_failed);
});
