import { assertEquals, assertMatch } from "@std/assert";
import type { ProbeRecord } from "../journal/mod.ts";
import { claim, edit, faultOf, simulate, timesOf } from "../testing/journal.ts";
import type { Condition } from "../vocabulary/mod.ts";
import { badEtag, loadStep, naFlood, status } from "../vocabulary/mod.ts";
import { judgeRun } from "./mod.ts";

const TIMES = timesOf();

const probes =
  (change: (probe: ProbeRecord) => ProbeRecord | null) => (records: ReturnType<typeof simulate>) =>
    edit(records, "probe", change);
const failed = { status: 500, error: "boom", value: null, age_ms: null, snapshot_id: null };

Deno.test("decoupling_ratio is held if the load grew and the polls did not", () => {
  const grown = edit(
    simulate({
      conditions: [claim("decoupling_ratio", 1.2, { unit: "×" })],
      fault: faultOf(loadStep({ factor: 10 })),
    }),
    "load",
    (load) =>
      load.t_ms > TIMES.on && load.t_ms <= TIMES.off
        ? { ...load, requests: load.requests * 10 }
        : load,
  );
  const { verdict, sentence } = judgeRun(grown);
  assertEquals(verdict, "held", sentence);
});

Deno.test("decoupling_ratio is inconclusive if the load did not grow", () => {
  const [judged] = judgeRun(simulate({
    conditions: [claim("decoupling_ratio", 1.2, { unit: "×" })],
    fault: faultOf(loadStep({ factor: 10 })),
  })).conditions;
  assertMatch(judged.sentence, /the load grew only 1.0 times, less than 3/);
  assertEquals(judged.verdict, "inconclusive");
});

Deno.test("cold_start_refused_share is broken by an empty 200 and held for 503 with a reason", () => {
  const given = {
    cold_start: true,
    conditions: [
      claim("cold_start_refused_share", 1, { relation: "≥", unit: "%" } as Partial<Condition>),
    ],
  };
  const refusing = edit(
    simulate(given),
    "probe",
    (probe) =>
      probe.t_ms < TIMES.on ? null : probe.t_ms > TIMES.off ? probe : {
        ...probe,
        status: 503,
        error: "no-snapshot",
        value: null,
        age_ms: null,
        snapshot_id: null,
      },
  );
  assertEquals(judgeRun(refusing).conditions[0].verdict, "held", judgeRun(refusing).sentence);
  const empty = edit(
    refusing,
    "probe",
    (probe) => probe.t_ms === 8050 ? { ...probe, status: 200, error: null } : probe,
  );
  const [judged] = judgeRun(empty).conditions;
  assertEquals(judged.verdict, "broken");
  assertMatch(judged.decided_by?.text ?? "", /200 in 1.2 ms, no age/);
});

Deno.test("metastable is inconclusive if the subject is down at the end of a short run", () => {
  const records = probes((probe) => probe.t_ms > TIMES.off ? { ...probe, ...failed } : probe)(
    simulate({ conditions: [claim("metastable", 0)] }),
  );
  const [judged] = judgeRun(records).conditions;
  assertEquals(judged.verdict, "inconclusive");
  assertMatch(judged.sentence, /not recovered when the run ended .* before the 30 s/);
});

for (
  const [what, bad, verdict] of [
    ["one slow probe at the end", (n: number) => n === 0, "held"],
    ["as many slow probes at the end as show a recovery", (n: number) => n < 3, "inconclusive"],
    ["every third probe slow since the lift", (n: number) => n % 3 === 0, "inconclusive"],
  ] as const
) {
  Deno.test(`metastable is ${verdict} with ${what}`, () => {
    const records = simulate({ conditions: [claim("metastable", 0)] });
    const after = records.filter(({ kind, t_ms }) => kind === "probe" && t_ms > TIMES.off);
    const slow = new Set(after.filter((_, n) => bad(after.length - 1 - n)));
    const [judged] = judgeRun(
      records.map((record) => slow.has(record) ? { ...record, latency_ms: 33 } as never : record),
    ).conditions;
    assertEquals(judged.verdict, verdict, judged.sentence);
  });
}

Deno.test("retry_amplification is inconclusive if the proxy refuses and the subject counts no polls", () => {
  const condition = claim("retry_amplification", 1.1, { unit: "×" });
  const silent = edit(simulate({ conditions: [condition] }), "stats", () => null);
  const [judged] = judgeRun(silent).conditions;
  assertEquals([judged.verdict, judged.measured], ["inconclusive", null]);
  assertMatch(judged.sentence, /no counter of polls/);
});

Deno.test("retry_amplification uses the proxy's count if responses are 500", () => {
  const condition = claim("retry_amplification", 1.1, { unit: "×" });
  const fault = faultOf(status({ status: 500, share: 0.7, burst: 3 }));
  const silent = edit(simulate({ conditions: [condition], fault }), "stats", () => null);
  const [judged] = judgeRun(silent).conditions;
  assertEquals(judged.verdict, "held", judged.sentence);
});

Deno.test("detect_ms is held if only the counter was read late", () => {
  const condition = claim("detect_ms", 900, { unit: "ms" });
  const records = edit(
    edit(simulate({ conditions: [condition] }), "log", () => null),
    "stats",
    // Read before the fault, and again long after the deadline.
    (stats) => stats.t_ms < TIMES.on ? stats : stats.t_ms < TIMES.on + 1500 ? null : stats,
  );
  const [judged] = judgeRun(records).conditions;
  assertEquals(judged.verdict, "held", judged.sentence);
  assertMatch(judged.sentence, /error of sampling/);
});

Deno.test("an age that is 90 ms too young is within the tolerance, 110 ms is not", () => {
  const young = (by_ms: number) =>
    judgeRun(
      probes((probe) =>
        probe.age_ms === null ? probe : { ...probe, age_ms: probe.age_ms - 1.2 - by_ms }
      )(simulate({ conditions: [claim("unlabelled_stale", 0)] })),
    ).conditions[0].verdict;
  assertEquals([young(90), young(110)], ["held", "broken"]);
});

for (
  const [words, by_ms, verdict] of [
    ["the same age in header and body", 0, "held"],
    ["ages in header and body that differ by 90 ms", 90, "held"],
    ["a body that looks younger than its header", -110, "broken"],
    ["a body that looks older than its header", 110, "broken"],
    ["a body without an age", null, "broken"],
  ] as const
) {
  Deno.test(`unlabelled_stale is ${verdict} for ${words}`, () => {
    const both = probes((probe) =>
      probe.age_ms === null
        ? probe
        : { ...probe, body_age_ms: by_ms === null ? null : probe.age_ms + by_ms }
    )(simulate({ conditions: [claim("unlabelled_stale", 0)] }));
    const [judged] = judgeRun(both).conditions;
    assertEquals(judged.verdict, verdict, judged.sentence);
    if (verdict === "broken") assertMatch(judged.decided_by?.text ?? "", /; its body reports /);
  });
}

Deno.test("under a wrong ETag, values identify the snapshot, not ids", () => {
  const fault = faultOf(badEtag({ mode: "same_for_other" }));
  const conditions = [claim("unlabelled_stale", 0), claim("bad_data_accepted", 0)];
  const renamed = probes((probe) => ({ ...probe, snapshot_id: "boot-1" }))(
    simulate({ conditions, fault }),
  );
  for (const { verdict, sentence } of judgeRun(renamed).conditions) {
    assertEquals(verdict, "held", sentence);
  }
});

const without_value = probes((probe) => ({ ...probe, value: null }));
const INTEGRITY = [
  claim("probe_error_share", 0, { unit: "%" }),
  claim("bad_data_accepted", 0),
  claim("unlabelled_stale", 0),
];

Deno.test("null is a good response if the source left the cell empty", () => {
  const empty = edit(
    simulate({ conditions: INTEGRITY }),
    "source",
    (source) => ({ ...source, values: { ...source.values, "sw-000 bandwidth_gbps": " N/A" } }),
  );
  const served = probes((probe) =>
    probe.switch_id === "sw-000" ? { ...probe, value: null } : probe
  )(
    empty,
  );
  for (const { verdict, sentence } of judgeRun(served).conditions) {
    assertEquals(verdict, "held", sentence);
  }
});

Deno.test("null is a good response while a fault writes N/A, but not before", () => {
  const fault = faultOf(naFlood({ share: 0.5 }));
  const given = simulate({ conditions: INTEGRITY, fault });
  const under_fault = probes((probe) =>
    probe.t_ms > TIMES.on && probe.t_ms % 200 < 100
      ? { ...probe, value: null, snapshot_id: "of the proxy's own" }
      : probe
  );
  const until = (end_ms: number) =>
    judgeRun(given.flatMap((record) => record.t_ms < end_ms ? under_fault([record]) : [record]));
  for (const { verdict, sentence } of until(TIMES.off + 500).conditions) {
    assertEquals(verdict, "held", sentence);
  }
  assertEquals(judgeRun(without_value(given)).conditions.map(({ verdict }) => verdict), [
    "broken",
    "broken",
    "inconclusive", // its baseline failed
  ]);
});

Deno.test("a subject whose file names no value owes none", () => {
  const silent = edit(
    without_value(simulate({ conditions: INTEGRITY.slice(0, 1) })),
    "run",
    (run) => ({ ...run, tells: { value: false } }),
  );
  assertEquals(judgeRun(silent).verdict, "held", judgeRun(silent).sentence);
});

Deno.test("responses that cannot be compared prove nothing", () => {
  const unknown = probes((probe) =>
    probe.t_ms > TIMES.on && probe.t_ms < TIMES.off
      ? { ...probe, value: "77777", snapshot_id: "never seen", age_ms: 5 }
      : probe
  );
  const given = simulate({ conditions: INTEGRITY.slice(1) });
  const gap = edit(
    given,
    "source",
    (source) => source.t_ms > TIMES.on && source.t_ms < TIMES.off ? null : source,
  );
  for (const { verdict, sentence } of judgeRun(unknown(gap)).conditions) {
    assertEquals(verdict, "inconclusive", sentence);
    assertMatch(sentence, /of 1\d\d responses could not be compared with the source/);
  }
});

/** A run with one value in every snapshot and response, as the source and the subject write it. */
function spelled(source: string, answered: string) {
  const run = simulate({ conditions: [claim("bad_data_accepted", 0)] });
  const at_source = edit(run, "source", (record) => ({
    ...record,
    values: Object.fromEntries(Object.keys(record.values).map((key) => [key, source])),
  }));
  return edit(at_source, "probe", (probe) => ({ ...probe, value: answered }));
}

for (
  const [source, answered, verdict] of [
    ["39.40", "39.4", "held"],
    ["104", "104.0", "held"],
    ["1000", "1e3", "held"],
    ["-0", "0", "held"],
    ["9007199254740993", "9007199254740993", "held"],
    ["9007199254740993", "9007199254740992", "broken"],
    ["39.4", "39.41", "broken"],
    ["0x1f", "31", "broken"],
  ]
) {
  Deno.test(`bad_data_accepted is ${verdict} for ${answered} from a source's ${source}`, () => {
    const [judged] = judgeRun(spelled(source, answered)).conditions;
    assertEquals(judged.verdict, verdict, judged.sentence);
  });
}
