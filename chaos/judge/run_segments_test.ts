import { assertEquals } from "@std/assert";
import { claim, edit, insert, simulate, timesOf } from "../testing/journal.ts";
import type { When } from "../vocabulary/mod.ts";
import { faultsOn, judgeRun, readRun } from "./mod.ts";
import { cutAtFaults, joinSmall, lifted, spansOf } from "./run_segments.ts";

const span = (from_ms: number, to_ms: number) => ({ from_ms, to_ms });
const longerThan = (least_ms: number) => (segment: readonly { from_ms: number; to_ms: number }[]) =>
  segment.reduce((sum, { from_ms, to_ms }) => sum + to_ms - from_ms, 0) >= least_ms;

Deno.test("cutAtFaults cuts at the end of the baseline and when a fault goes on or off", () => {
  const { baseline, on, off, end } = timesOf();
  const run = readRun(simulate())!;
  assertEquals(cutAtFaults(run, spansOf(run, "always")), [
    span(baseline, on - 5),
    span(on - 5, on),
    span(on, off),
    span(off, end + 10),
  ]);
  assertEquals(cutAtFaults(run, [span(on + 1, on + 2)]), [span(on + 1, on + 2)]);
});

Deno.test("joinSmall joins a short segment and the shorter of its neighbors into one span", () => {
  const segments = [[span(0, 30)], [span(30, 31)], [span(31, 50)]];
  assertEquals(joinSmall(segments, longerThan(10)), [[span(0, 30)], [span(30, 50)]]);
  assertEquals(joinSmall(segments, longerThan(25)), [[span(0, 50)]]);
});

Deno.test("joinSmall keeps spans apart that do not touch", () => {
  const segments = [[span(0, 30)], [span(60, 62)]];
  assertEquals(joinSmall(segments, longerThan(10)), [[span(0, 30), span(60, 62)]]);
  assertEquals(joinSmall([[span(0, 1)]], longerThan(10)), [[span(0, 1)]]);
});

const TIMES = timesOf();

/** Verdict on failed probes if all probes between two times fail. */
function verdictOf(when: When, from_ms: number, to_ms: number): string {
  const records = edit(
    simulate({ conditions: [claim("probe_error_share", 0, { unit: "%", when })] }),
    "probe",
    (probe) =>
      probe.t_ms > from_ms && probe.t_ms < to_ms ? { ...probe, status: 500, error: "boom" } : probe,
  );
  return judgeRun(records).conditions[0].verdict;
}

Deno.test("faulted lasts from the first fault to the end of the recovery, unfaulted is the rest", () => {
  const { on, off, verify, end } = TIMES;
  assertEquals(verdictOf("faulted", on, off), "broken");
  assertEquals(verdictOf("faulted", off, verify), "broken");
  assertEquals(verdictOf("faulted", verify, end), "held");
  assertEquals(verdictOf("unfaulted", on, verify), "held");
  assertEquals(verdictOf("unfaulted", verify, end), "broken");
  assertEquals(verdictOf("always", verify - 100, verify + 100), "broken");
});

Deno.test("spansOf: the baseline ends when the first fault is applied", () => {
  const run = readRun(simulate())!;
  assertEquals(spansOf(run, "unfaulted")[0], { from_ms: TIMES.baseline, to_ms: TIMES.on - 5 });
  assertEquals(spansOf(run, "faulted"), [{ from_ms: TIMES.on - 5, to_ms: TIMES.verify }]);
  assertEquals(spansOf(run, "always").length, 1);
});

Deno.test("faultsOn leaves out faults that failed and joins those that overlap", () => {
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

Deno.test("lifted is null if a fault is still on or was never applied", () => {
  assertEquals(lifted(readRun(simulate())!), TIMES.off);
  const stuck = edit(simulate(), "fault", (fault) => fault.action === "off" ? null : fault);
  assertEquals(lifted(readRun(stuck)!), null);
  assertEquals(lifted(readRun(edit(simulate(), "fault", () => null))!), null);
});

/** A run that seems recovered 0.3 s after the lift, though the data is older than the lift. */
function earlyRecovery(renewed_after_ms: number) {
  const early = edit(
    simulate(),
    "phase",
    (phase) => phase.phase === "verify" ? { ...phase, t_ms: TIMES.off + 300 } : phase,
  );
  const renewed_ms = TIMES.off + renewed_after_ms;
  const aged = edit(early, "probe", (probe) => {
    if (probe.t_ms <= TIMES.off || probe.probe !== "getmetric") return probe;
    const is_renewed = probe.t_ms >= renewed_ms;
    return { ...probe, age_ms: is_renewed ? 50 : probe.t_ms - TIMES.off + 100 };
  });
  // A response without data tells nothing of its age.
  const [first] = aged.filter((record) => record.kind === "probe");
  return readRun(insert(aged, { ...first, probe: "readyz", t_ms: TIMES.off + 20, age_ms: null }))!;
}

Deno.test("spansOf: the time after begins with data newer than the lift", () => {
  const [, after] = spansOf(earlyRecovery(800), "unfaulted");
  assertEquals(after.from_ms, TIMES.off + 850); // the next probe
});

Deno.test("spansOf: the time after begins at the latest when the recovery was due", () => {
  const [, after] = spansOf(earlyRecovery(Infinity), "unfaulted");
  assertEquals(after.from_ms, TIMES.off + 1200);
});
