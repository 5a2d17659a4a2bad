import { assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord, ProbeRecord } from "../journal/mod.ts";
import { claim, edit, simulate } from "../testing/journal.ts";
import { judgeRun } from "./mod.ts";

const probes = (change: (probe: ProbeRecord) => Partial<ProbeRecord>) =>
  edit(simulate(), "probe", (probe) => ({ ...probe, ...change(probe) }));

/** The verdict is broken, by this sentence. */
function assertBroken(records: readonly JournalRecord[], sentence: RegExp) {
  const judged = judgeRun(records);
  assertMatch(judged.sentence, sentence);
  assertEquals(judged.verdict, "broken");
}

Deno.test("one probe in 200 that fails from the start on is broken", () => {
  const records = probes(({ t_ms }) =>
    t_ms % 20_000 === 2050 ? { status: 500, error: "boom" } : {}
  );
  assertBroken(records, /^failed probes: 0\.6\d* %, must be ≤ 0 %/);
});

Deno.test("one request in 200 that fails from the start on is broken, with other noise besides", () => {
  const noisy = simulate({
    conditions: [claim("load_error_share", 0, { unit: "%" }), claim("p95_ms", 7, { unit: "ms" })],
    p95At: () => 42,
  });
  const records = edit(
    noisy,
    "load",
    (load) => load.t_ms % 200 === 0 ? { ...load, failed: 1 } : load,
  );
  assertBroken(records, /^failed requests: 0\.5 %, must be ≤ 0 %/);
});

/** Requests to the subject and to the control beside it that fail now and then. */
const failing = (subject: number, control: number) =>
  edit(
    simulate({ conditions: [claim("load_error_share", 0, { unit: "%" })] }),
    "load",
    (load) => {
      const failed = load.t_ms % 1700 === 0 ? { subject, control } : { subject: 0, control: 0 };
      return {
        ...load,
        failed: failed.subject,
        control: { requests: 100, failed: failed.control, durations: [] },
      };
    },
  );

Deno.test("requests that fail while those to the control fail, too, are the client's", () => {
  const { verdict, sentence } = judgeRun(failing(3, 2));
  assertEquals(verdict, "held", sentence);
});

Deno.test("requests that fail while those to the control do not are broken", () => {
  assertBroken(failing(3, 0), /^failed requests: 0\.\d+ %, must be ≤ 0 %/);
});

Deno.test("data older than promised from the start on is broken", () => {
  const records = probes(({ age_ms }) => age_ms === null ? {} : { age_ms: age_ms + 2500 });
  assertBroken(records, /^largest age without faults: 3\.\d+ s, must be ≤ 2\.5 s/);
});

/** One probe in 2 s gets no answer within its timeout, while the control takes this long. */
const unanswered = (control_ms: number) =>
  edit(
    edit(
      simulate({ conditions: [claim("probe_error_share", 0, { unit: "%" })] }),
      "probe",
      (probe) =>
        probe.t_ms % 2000 === 1050
          ? { ...probe, status: 0, error: "timeout", latency_ms: 1000, age_ms: null, value: null }
          : probe,
    ),
    "load",
    (load) => ({ ...load, control: { requests: 1, failed: 0, durations: [[control_ms, 1]] } }),
  );

Deno.test("a probe without an answer while the control took as long is no failed probe", () => {
  const { verdict, sentence } = judgeRun(unanswered(800));
  assertEquals(verdict, "held", sentence);
});

Deno.test("a probe without an answer while the control answered is broken", () => {
  assertBroken(unanswered(300), /^failed probes: 5 %, must be ≤ 0 %/);
});

for (
  const [words, error, latency_ms, wait_ms, verdict] of [
    ["a probe for which the lab got no socket", "connect_failed", 1, 1, "held"],
    ["a timeout that the lab noticed late", "timeout", 1400, 1, "held"],
    ["a timeout while the subject waited for a core", "timeout", 1020, 300, "held"],
    ["a timeout that only the subject explains", "timeout", 1020, 20, "broken"],
    ["a reset", "reset", 2, 300, "broken"],
  ] as const
) {
  Deno.test(`probe_error_share is ${verdict} for ${words}`, () => {
    const failed = { status: 0, error, latency_ms, age_ms: null, value: null, snapshot_id: null };
    const records = edit(
      probes(({ t_ms }) => t_ms === 3050 ? failed : {}),
      "process_sample",
      (sample) => ({ ...sample, wait_ms }),
    );
    const judged = judgeRun(records);
    assertEquals(judged.verdict, verdict, judged.sentence);
  });
}
