import { assertEquals } from "@std/assert";
import { claim, edit, simulate, timesOf } from "../testing/journal.ts";
import type { When } from "../vocabulary/mod.ts";
import { faultsOn, judgeRun, readRun, spansOf } from "./mod.ts";
import { lifted } from "./spans.ts";

const TIMES = timesOf();

/** Verdict on failed probes of that time, where some failed between two instants. */
function verdictOf(when: When, from_ms: number, to_ms: number): string {
  const records = edit(
    simulate({ conditions: [claim("probe_error_share", 0, { unit: "%", when })] }),
    "probe",
    (probe) =>
      probe.t_ms > from_ms && probe.t_ms < to_ms ? { ...probe, status: 500, error: "boom" } : probe,
  );
  return judgeRun(records).conditions[0].verdict;
}

Deno.test("faulted is from the first fault until the recovery is over, unfaulted is the rest", () => {
  const { on, off, verify, end } = TIMES;
  assertEquals(verdictOf("faulted", on, off), "broken");
  assertEquals(verdictOf("faulted", off, verify), "broken");
  assertEquals(verdictOf("faulted", verify, end), "held");
  assertEquals(verdictOf("unfaulted", on, verify), "held");
  assertEquals(verdictOf("unfaulted", verify, end), "broken");
  assertEquals(verdictOf("always", verify - 100, verify + 100), "broken");
});

Deno.test("spansOf: a baseline ends where putting on the first fault begins", () => {
  const run = readRun(simulate())!;
  assertEquals(spansOf(run, "unfaulted")[0], { from_ms: TIMES.baseline, to_ms: TIMES.on - 5 });
  assertEquals(spansOf(run, "faulted"), [{ from_ms: TIMES.on - 5, to_ms: TIMES.verify }]);
  assertEquals(spansOf(run, "always").length, 1);
});

Deno.test("faultsOn leaves out faults that could not be put on and joins those that overlap", () => {
  const failed = edit(simulate(), "fault", (fault) => ({ ...fault, error: "no such proxy" }));
  assertEquals(faultsOn(readRun(failed)!), []);
  const run = readRun(simulate())!;
  const [fault] = run.faults;
  const more = { ...fault, id: "2", on_ms: fault.on_ms + 1000, off_ms: TIMES.off + 1000 };
  assertEquals(faultsOn({ ...run, faults: [more, fault] }), [{
    from_ms: TIMES.on,
    to_ms: TIMES.off + 1000,
  }]);
});

Deno.test("lifted is null where a fault is still on or one of the plan never was", () => {
  assertEquals(lifted(readRun(simulate())!), TIMES.off);
  const stuck = edit(simulate(), "fault", (fault) => fault.action === "off" ? null : fault);
  assertEquals(lifted(readRun(stuck)!), null);
  assertEquals(lifted(readRun(edit(simulate(), "fault", () => null))!), null);
});
