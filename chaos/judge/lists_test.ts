import { assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord, ProbeRecord } from "../journal/mod.ts";
import { claim, edit, faultOf, insert, simulate, timesOf } from "../testing/journal.ts";
import { removedRows } from "../vocabulary/mod.ts";
import { judgeRun } from "./mod.ts";

const CLAIMS = [
  claim("bad_data_accepted", 0),
  claim("unlabelled_stale", 0),
  claim("probe_error_share", 0),
];
const KEYS = ["sw-000 bandwidth_gbps", "sw-007 packet_errors"];

/** Adds a list to each probe, from the same snapshot; the source has two rows. */
function withLists(records: readonly JournalRecord[]): JournalRecord[] {
  const sources = records.filter((record) => record.kind === "source");
  const probes = edit(records, "probe", (probe) => probe.status === 200 ? probe : null)
    .filter((record) => record.kind === "probe");
  const lists = probes.map((probe): ProbeRecord => {
    const { values } = sources.findLast(({ snapshot_id }) => snapshot_id === probe.snapshot_id)!;
    return {
      ...probe,
      t_ms: probe.t_ms + 1,
      ...{ probe: "listmetrics", switch_id: null, metric: null, value: null },
      list: { rows: 2, age_ms: probe.age_ms, values },
    };
  });
  const counted = edit(records, "source", (source) => ({ ...source, rows: 2 }));
  const tells = { value: true, list_age: true };
  return insert(edit(counted, "run", (run) => ({ ...run, tells })), ...lists);
}

const SOUND = withLists(simulate({ conditions: CLAIMS }));

/** Changes the lists from 4 s on. */
const lists = (change: (probe: Required<ProbeRecord>) => Partial<ProbeRecord>) =>
  edit(
    SOUND,
    "probe",
    (probe) =>
      probe.list === undefined || probe.t_ms < 4000
        ? probe
        : { ...probe, ...change(probe as Required<ProbeRecord>) },
  );
const listed = (change: (list: NonNullable<ProbeRecord["list"]>) => object) =>
  lists(({ list }) => ({ list: { ...list, ...change(list) } }));

Deno.test("sound lists are held", () => {
  assertEquals(judgeRun(SOUND).conditions.map(({ verdict }) => verdict), ["held", "held", "held"]);
});

for (
  const [what, records, measure, expected] of [
    [
      "with a value of another time",
      listed(({ values }) => ({ values: { ...values, [KEYS[1]]: "7" } })),
      "bad_data_accepted",
      /listmetrics sw-007 packet_errors: 200 .*value 7.*; snapshot boot-\d had/,
    ],
    [
      "without a value",
      listed(({ values }) => ({ values: { ...values, [KEYS[0]]: null } })),
      "bad_data_accepted",
      /listmetrics sw-000 bandwidth_gbps: 200 .*; it has no value/,
    ],
    [
      "without a row",
      listed(({ values }) => ({ rows: 1, values: { [KEYS[0]]: values[KEYS[0]] } })),
      "bad_data_accepted",
      /listmetrics: 200 .*; it has no sw-007 packet_errors, though the source has/,
    ],
    [
      "without a row that the lab does not watch",
      listed(() => ({ rows: 1 })),
      "bad_data_accepted",
      /listmetrics: 200 .*; it has 1 of the source's 2 rows/,
    ],
    [
      "from the snapshot before",
      lists(({ t_ms }) => t_ms > 7000 && t_ms < 7100 ? { snapshot_id: "boot-4" } : {}),
      "bad_data_accepted",
      /listmetrics.*; (snapshot boot-4 had|the newer snapshot)/,
    ],
    [
      "whose body reports a younger age than its headers",
      listed(() => ({ age_ms: 0 })),
      "unlabelled_stale",
      /listmetrics: 200 .*; its body reports an age of 0 ms/,
    ],
    [
      "whose body reports no age",
      listed(() => ({ age_ms: null })),
      "unlabelled_stale",
      /listmetrics: 200 .*; its body reports no age/,
    ],
    [
      "that are no lists",
      listed(() => ({ rows: 0, values: {} })),
      "probe_error_share",
      /listmetrics: 200/,
    ],
  ] as const
) {
  Deno.test(`lists ${what} are broken`, () => {
    const broken = judgeRun(records).conditions.find(({ condition }) =>
      condition.measure === measure
    );
    assertEquals(broken?.verdict, "broken");
    assertMatch(broken?.decided_by?.text ?? "", expected);
  });
}

Deno.test("a list is bad data once, however many of its values are wrong", () => {
  const wrong = lists(({ t_ms, list }) =>
    t_ms > 4100 ? {} : { list: { ...list, values: { [KEYS[0]]: "1", [KEYS[1]]: "2" } } }
  );
  assertMatch(judgeRun(wrong).conditions[0].sentence, /responses with bad data: 1,/);
});

const REMOVED = withLists(
  simulate({ conditions: CLAIMS, fault: faultOf(removedRows({ share: 0.5 })) }),
);

Deno.test("a list from before the lift may lack rows for as long as no newer one arrives", () => {
  const { end } = timesOf();
  const missing = (age_ms: number) =>
    edit(
      REMOVED,
      "probe",
      (probe) =>
        probe.list === undefined || probe.t_ms < end - 50
          ? probe
          : { ...probe, age_ms, snapshot_id: null, list: { rows: 1, age_ms, values: {} } },
    );
  const [old] = judgeRun(missing(6500)).conditions, [newer] = judgeRun(missing(1000)).conditions;
  assertEquals([old.verdict, newer.verdict], ["held", "broken"]);
});

Deno.test("rows that a fault removes may be missing from lists", () => {
  const records = REMOVED;
  const removed = edit(
    records,
    "probe",
    (probe) =>
      probe.list === undefined || probe.t_ms < 7000 || probe.t_ms > 10_000
        ? probe
        : { ...probe, list: { ...probe.list, rows: 1, values: {} } },
  );
  assertEquals(judgeRun(removed).conditions.map(({ verdict }) => verdict), [
    "held",
    "held",
    "held",
  ]);
});
