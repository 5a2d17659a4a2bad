import { assertEquals } from "@std/assert";
import { EXIT_CODES, Verdict } from "./exit_codes.ts";

Deno.test("Verdict keeps the first cause, and puts it before thresholds and exec.test.fail", () => {
  const verdict = new Verdict();
  verdict.markFailed();
  verdict.decide(EXIT_CODES.script_aborted);
  verdict.decide(EXIT_CODES.external_abort);
  assertEquals(verdict.exitCode(false), EXIT_CODES.script_aborted);
});

Deno.test("Verdict puts thresholds before exec.test.fail, and that before a good end", () => {
  const verdict = new Verdict();
  assertEquals(verdict.exitCode(true), EXIT_CODES.ok);
  verdict.markFailed();
  assertEquals(verdict.exitCode(true), EXIT_CODES.marked_failed);
  assertEquals(verdict.exitCode(false), EXIT_CODES.thresholds_failed);
});
