import { assertEquals } from "@std/assert";
import type { JournalRecord, ProbeRecord, SourceRecord } from "../journal/mod.ts";
import { claim, edit, insert, simulate, STARTED_MS, timesOf } from "../testing/journal.ts";
import { judgeRun } from "./mod.ts";

const { on, off, end } = timesOf();
const TRUE = [claim("bad_data_accepted", 0), claim("unlabelled_stale", 0)];

/** A run in which these probes get a snapshot under an id that the source's watch never saw. */
function servedUnseen(
  records: readonly JournalRecord[],
  from_ms: number,
  { taken_ms, value, to_ms = Infinity }: { taken_ms: number; value: string; to_ms?: number },
): JournalRecord[] {
  return edit(
    records,
    "probe",
    (probe): ProbeRecord =>
      probe.t_ms < from_ms || probe.t_ms >= to_ms
        ? probe
        : { ...probe, snapshot_id: "boot-999", value, age_ms: probe.t_ms - taken_ms },
  );
}

const withoutSource = (
  records: readonly JournalRecord[],
  isUnseen: (source: SourceRecord) => boolean,
) => edit(records, "source", (source) => isUnseen(source) ? null : source);

const verdicts = (records: readonly JournalRecord[]) =>
  judgeRun(records).conditions.map(({ verdict }) => verdict);

/** The last snapshot is taken at the end's last full second, and the watch misses it. */
const LAST_MS = Math.floor((end - 1) / 1000) * 1000;
const unseenAtEnd = withoutSource(
  simulate({ conditions: TRUE }),
  ({ taken_ms }) => taken_ms >= STARTED_MS + LAST_MS,
);

Deno.test("a snapshot served just before the end, after the watch's last look, is no lie", () => {
  const served = servedUnseen(unseenAtEnd, LAST_MS + 200, { taken_ms: LAST_MS, value: "4711" });
  assertEquals(verdicts(served), ["held", "held"]);
});

Deno.test("an unseen snapshot with a value from the past is not taken for the old one", () => {
  const served = servedUnseen(unseenAtEnd, LAST_MS + 200, { taken_ms: LAST_MS, value: "10" });
  assertEquals(verdicts(served), ["held", "held"]);
});

Deno.test("a value that claims an age at which the watch saw every snapshot is a lie", () => {
  const served = servedUnseen(unseenAtEnd, LAST_MS + 200, {
    taken_ms: LAST_MS - 2000,
    value: "4711",
  });
  assertEquals(verdicts(served)[0], "broken");
});

/**
 * The source takes a snapshot as the fault starts and is killed before the watch reads it. It
 * starts again `down_ms` later.
 */
function killed(down_ms: number): JournalRecord[] {
  const source = { kind: "process", process: "data_server", pid: 9, code: null } as const;
  const killed_ms = on + 60, started_ms = killed_ms + down_ms;
  const snapshots = withoutSource(
    simulate({ conditions: TRUE }),
    ({ t_ms }) => t_ms >= on && t_ms < started_ms,
  );
  const restarted: SourceRecord = {
    t_ms: started_ms + 50,
    kind: "source",
    snapshot_id: "second-1",
    taken_ms: STARTED_MS + started_ms,
    values: { "sw-000 bandwidth_gbps": "5", "sw-007 packet_errors": "6" },
  };
  return insert(
    snapshots,
    { t_ms: killed_ms, ...source, action: "killed" },
    { t_ms: started_ms, ...source, action: "started" },
    restarted,
  );
}

for (const down_ms of [300, off - on - 500]) {
  Deno.test(`a snapshot taken just before the source's death is no lie, if it is back in ${down_ms} ms`, () => {
    const served = servedUnseen(killed(down_ms), on + 40, {
      taken_ms: on,
      value: "4711",
      to_ms: on + 600,
    });
    assertEquals(verdicts(served), ["held", "held"]);
  });
}

Deno.test("a new value whose age lies in the source's downtime is a lie", () => {
  const served = servedUnseen(killed(off - on - 500), on + 2000, {
    taken_ms: on + 1500,
    value: "4711",
    to_ms: on + 2200,
  });
  assertEquals(verdicts(served)[0], "broken");
});
