import { assertEquals } from "@std/assert";
import { emptyStats } from "../poll/mod.ts";
import { readReport, reportText } from "./leader_polls.ts";

const AT = "2026-01-02T03:04:05.678Z";
const STATS = {
  ...emptyStats("http://source/"),
  last_success: AT,
  last_error: { cause: "timeout", detail: "no answer", at: AT } as const,
};

Deno.test("A report is read as it was written", () => {
  const { consecutive_failures, backoff_ms, circuit, restored, last_success, last_error } = STATS;
  const sent = { consecutive_failures, backoff_ms, circuit, restored, last_success, last_error };
  assertEquals(readReport(reportText(STATS, 70)), { polls: sent, unpublished_ms: 70 });
});

Deno.test("A report of another form is ignored, because metrics and stats show its numbers", () => {
  const wrong = [
    { consecutive_failures: "1\nforged 1" },
    { backoff_ms: null },
    { circuit: "ajar" },
    { restored: 1 },
    { last_success: "yesterday" },
    { last_error: { cause: "timeout", at: AT } },
    { last_error: "timeout" },
    { unpublished_ms: "1" },
  ];
  for (const members of wrong) {
    const text = JSON.stringify({ ...JSON.parse(reportText(STATS, 0)), ...members });
    assertEquals(readReport(text), null, text);
  }
  for (const text of ["", "null", "7", "[]", "{"]) assertEquals(readReport(text), null, text);
});
