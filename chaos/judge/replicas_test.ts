import { assert, assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord, ProbeRecord, ProcessRecord } from "../journal/mod.ts";
import { claim, edit, faultOf, insert, simulate, timesOf } from "../testing/journal.ts";
import {
  type Condition,
  type FaultValue,
  freeze,
  frozenTimestamp,
  kill,
  refuse,
} from "../vocabulary/mod.ts";
import { judgeRun, readRun } from "./mod.ts";

const TIMES = timesOf();
const REPLICAS = { subjects: 3, store: "redis" } as const;

/** The journal of three correct replicas with a fault. */
const replicas = (condition: Condition, fault: FaultValue = refuse("store")) =>
  simulate({ conditions: [condition], settings: REPLICAS, fault: faultOf(fault) });

const condition = (records: readonly JournalRecord[]) => judgeRun(records).conditions[0];

const held = { status: 200, error: null };
const lost = { status: 0, error: "refused", value: null, age_ms: null, snapshot_id: null };

/** The leader is killed with the fault and back when it is lifted; others take over `after_ms`. */
function leaderKilled(records: readonly JournalRecord[], after_ms: number): JournalRecord[] {
  const pid = (t_ms: number, action: ProcessRecord["action"], pid: number): ProcessRecord => ({
    t_ms,
    kind: "process",
    process: "subject",
    action,
    pid,
    code: null,
  });
  const was = [...records].filter((record) => record.kind === "probe");
  const stalled = edit(records, "probe", (probe) => {
    const { subject = 0, t_ms } = probe;
    if (t_ms < TIMES.on || t_ms > TIMES.off) return probe;
    if (subject === 0) return { ...probe, ...lost };
    if (t_ms > TIMES.on + after_ms) return probe;
    const before = was.findLast((one) => one.subject === subject && one.t_ms < TIMES.on)!;
    const { snapshot_id, age_ms } = before;
    return { ...probe, ...held, snapshot_id, age_ms: Number(age_ms) + t_ms - before.t_ms };
  });
  return insert(
    stalled,
    pid(TIMES.on - 2, "killed", 100),
    pid(TIMES.off - 15, "started", 200),
    pid(TIMES.off - 5, "ready", 200),
  );
}

const SKEW = claim("skew_p99_ms", 200, { unit: "ms", when: "unfaulted" });

Deno.test("skew_p99_ms holds for followers within a probe interval, and states the interval", () => {
  const records = replicas(SKEW);
  const { verdict, sentence, measured } = condition(records);
  assertEquals(verdict, "held", sentence);
  assert(Number(measured) > 0 && Number(measured) <= 100, sentence);
  const { measures } = judgeRun(replicas(claim("age_max_ms", 9000, { unit: "ms" })));
  const skew = measures.find(({ measure }) => measure === "skew_p99_ms")!;
  assertMatch(skew.because, /\d+ arrivals, seen by probes 100 ms apart/);
});

/** A follower that has snapshots `lag_ms` late. */
const lagging = (records: readonly JournalRecord[], lag_ms: number) => {
  const by_leader = records.filter((record): record is ProbeRecord =>
    record.kind === "probe" && record.subject === undefined
  );
  return edit(records, "probe", (probe) => {
    if (probe.subject !== 2) return probe;
    const old = by_leader.findLast(({ t_ms }) => t_ms <= probe.t_ms - lag_ms);
    if (old === undefined || old.snapshot_id === null) return probe;
    const age_ms = Number(old.age_ms) + probe.t_ms - old.t_ms;
    return { ...probe, snapshot_id: old.snapshot_id, age_ms };
  });
};

Deno.test("skew_p99_ms is broken by a follower that looks too rarely, not by a late probe", () => {
  const rarely = edit(
    replicas(SKEW),
    "probe",
    (probe) => probe.subject === 2 && probe.t_ms % 400 !== 90 ? null : probe,
  );
  const late = condition(rarely);
  assertEquals([late.verdict, Number(late.measured) > 200], ["held", true], late.sentence);
  const { verdict, sentence, decided_by } = condition(lagging(replicas(SKEW), 700));
  assertEquals(verdict, "broken", sentence);
  assertMatch(
    decided_by?.text ?? "",
    /from subject-3: 200 .*; subject(-2)? had a snapshot \d+ ms earlier/,
  );
});

Deno.test("skew_p99_ms counts a replica that never gets a snapshot", () => {
  const first = replicas(SKEW).find((record) => record.kind === "probe" && record.subject === 1);
  const stuck = edit(
    replicas(SKEW),
    "probe",
    (probe) =>
      probe.subject === 1 && probe.t_ms > 3000
        ? { ...probe, snapshot_id: "boot-3", age_ms: probe.t_ms }
        : probe,
  );
  assert(first !== undefined);
  const { verdict, measured, sentence } = condition(stuck);
  assertEquals(verdict, "broken", sentence);
  assert(Number(measured) > 1000, sentence);
});

Deno.test("skew_p99_ms is inconclusive for one replica, and without snapshot ids", () => {
  const alone = simulate({ conditions: [SKEW] });
  assertEquals(condition(alone).verdict, "inconclusive");
  const nameless = edit(replicas(SKEW), "probe", (probe) => ({ ...probe, snapshot_id: null }));
  assertEquals(condition(nameless).verdict, "inconclusive");
});

const BACKWARDS = claim("snapshots_backwards", 0);

Deno.test("snapshots_backwards: replicas that differ in age are no step back", () => {
  assertEquals(condition(lagging(replicas(BACKWARDS), 700)).verdict, "held");
  const bad_data = claim("bad_data_accepted", 0);
  assertEquals(condition(lagging(replicas(bad_data), 0)).verdict, "held");
});

Deno.test("snapshots_backwards is broken by one older response, by id or by age alone", () => {
  const older = edit(
    replicas(BACKWARDS),
    "probe",
    (probe) =>
      probe.subject === 1 && Math.floor(probe.t_ms / 100) === 80
        ? { ...probe, snapshot_id: "boot-6", age_ms: probe.t_ms - 5000 }
        : probe,
  );
  assertEquals(condition(older).verdict, "broken");
  assertMatch(condition(older).decided_by?.text ?? "", /the newer snapshot boot-8 had been served/);
  const nameless = edit(older, "probe", (probe) => ({ ...probe, snapshot_id: null }));
  assertEquals(condition(nameless).measured, 1);
  assertMatch(condition(nameless).decided_by?.text ?? "", /the newer snapshot of age .* had been/);
});

Deno.test("snapshots_backwards: with a frozen timestamp, an age without a known id is no step back", () => {
  const older = (snapshot_id: string) =>
    edit(
      replicas(BACKWARDS, frozenTimestamp()),
      "probe",
      (probe) =>
        probe.subject === 1 && Math.floor(probe.t_ms / 100) === 80
          ? { ...probe, snapshot_id, age_ms: probe.t_ms - 5000 }
          : probe,
    );
  assertEquals(condition(older("own-1")).verdict, "held");
  assertEquals(condition(older("boot-6")).verdict, "broken");
});

Deno.test("snapshots_backwards: a late response without a known id is no newer snapshot", () => {
  const slow = (ids: (id: string | null) => string | null) =>
    edit(replicas(BACKWARDS), "probe", (probe) => ({
      ...probe,
      snapshot_id: ids(probe.snapshot_id),
      latency_ms: Math.floor(probe.t_ms / 100) === 80 ? 600 : probe.latency_ms,
      // Its age was computed 600 ms before the response arrived.
      age_ms: Number(probe.age_ms) - (Math.floor(probe.t_ms / 100) === 80 ? 600 : 0),
    }));
  assertEquals(condition(slow(() => null)).verdict, "held");
  assertEquals(condition(slow((id) => `own-${id}`)).verdict, "held");
});

const FAILOVER = claim("failover_ms", 2000, { unit: "ms" });

Deno.test("failover_ms is the time to a snapshot taken after the death, on every survivor", () => {
  const early = condition(leaderKilled(replicas(FAILOVER, kill("leader")), 1100));
  assertEquals(early.verdict, "held", early.sentence);
  assertMatch(
    early.decided_by?.text ?? "",
    /^subject was killed at 6 s; getmetric .* from subject-/,
  );
  const late = condition(leaderKilled(replicas(FAILOVER, kill("leader")), 3500));
  assertEquals(late.verdict, "broken", late.sentence);
  assertMatch(late.sentence, /^time to fail over: 3\.\d+ s, must be ≤ 2 s/);
});

Deno.test("failover_ms without a takeover is the time watched, beyond any bound", () => {
  const records = leaderKilled(replicas(FAILOVER, freeze("leader")), 60_000)
    .filter(({ kind, t_ms }) => kind !== "probe" || t_ms < TIMES.off);
  const { verdict, sentence } = condition(records);
  assertEquals(verdict, "broken");
  assertMatch(sentence, /a replica had no new snapshot while the run watched/);
});

Deno.test("failover_ms is inconclusive without a death, or if only a follower died", () => {
  assertEquals(condition(replicas(FAILOVER)).verdict, "inconclusive");
  const follower = edit(
    leaderKilled(replicas(FAILOVER, kill("leader")), 1100),
    "stats",
    (stats) => stats.subject === 0 ? { ...stats, role: "follower" } : stats,
  );
  assertEquals(condition(follower).verdict, "inconclusive");
});

Deno.test("probes of a replica do not fail while a fault keeps it from answering", () => {
  const errors = claim("probe_error_share", 0, { unit: "%" });
  const killed = leaderKilled(replicas(errors, kill("leader")), 1100);
  assertEquals(condition(killed).verdict, "held", condition(killed).sentence);
  const survivor = edit(
    killed,
    "probe",
    (probe) =>
      probe.subject === 1 && probe.t_ms > 8000 && probe.t_ms < 8100 ? { ...probe, ...lost } : probe,
  );
  assertEquals(condition(survivor).verdict, "broken");
  assertMatch(condition(survivor).decided_by?.text ?? "", /from subject-2: no answer/);
});

Deno.test("recover_ms waits for the last of the replicas", () => {
  const recovered = claim("recover_ms", 1200, { unit: "ms" });
  const late = edit(
    replicas(recovered),
    "probe",
    (probe) =>
      probe.subject === 2 && probe.t_ms > TIMES.off && probe.t_ms < TIMES.off + 2000
        ? { ...probe, ...lost }
        : probe,
  );
  const { verdict, sentence } = condition(late);
  assertEquals(verdict, "broken", sentence);
  assertMatch(sentence, /^time to recover: 2\.\d+ s/);
});

const FIRST = claim("first_data_ms", 1000, { unit: "ms" });

/** The killed leader answers 503 for that long after its start. */
const refusing = (records: readonly JournalRecord[], for_ms: number) =>
  edit(leaderKilled(records, 1100), "probe", (probe) => {
    const { subject = 0, t_ms } = probe;
    const refuses = subject === 0 && t_ms > TIMES.off && t_ms < TIMES.off + for_ms;
    return refuses ? { ...probe, ...lost, status: 503, error: "no-snapshot" } : probe;
  });

Deno.test("first_data_ms and refused_after_start hold if the first response has data", () => {
  const started = leaderKilled(replicas(FIRST, kill("leader")), 1100);
  assertEquals(condition(started).verdict, "held", condition(started).sentence);
  assert(Number(condition(started).measured) < 200);
  const refused = leaderKilled(replicas(claim("refused_after_start", 0), kill("leader")), 1100);
  assertEquals(condition(refused).verdict, "held", condition(refused).sentence);
});

Deno.test("first_data_ms and refused_after_start are broken by 503 until the first poll", () => {
  const late = condition(refusing(replicas(FIRST, kill("leader")), 1500));
  assertEquals(late.verdict, "broken", late.sentence);
  assertMatch(late.decided_by?.text ?? "", /^subject \(pid 200\) started at 11 s; getmetric/);
  const refused = condition(
    refusing(replicas(claim("refused_after_start", 0), kill("leader")), 1500),
  );
  assertEquals([refused.verdict, refused.measured], ["broken", 15]);
  assertMatch(refused.decided_by?.text ?? "", /503 .*no-snapshot/);
});

Deno.test("first_data_ms is inconclusive if other programs used the cores meanwhile", () => {
  const slow = refusing(replicas(FIRST, kill("leader")), 1500);
  const busy = edit(
    slow,
    "process_sample",
    (sample) => sample.process === "others" ? { ...sample, cpu_ms: sample.t_ms } : sample,
  );
  assertEquals(condition(busy).verdict, "broken", "it listened, and had no data");
  const started_late = edit(
    busy,
    "process",
    (record) => record.action === "ready" ? { ...record, t_ms: record.t_ms + 1500 } : record,
  );
  assertEquals(condition(started_late).verdict, "inconclusive");
  assertMatch(condition(started_late).sentence, /other programs used 100 % of a core meanwhile/);
});

Deno.test("first_data_ms and refused_after_start are inconclusive without a start under fault", () => {
  assertEquals(condition(replicas(FIRST)).verdict, "inconclusive");
  assertEquals(condition(replicas(claim("refused_after_start", 0))).verdict, "inconclusive");
});

Deno.test("a journal without subjects, roles and a store is read as one subject", () => {
  const old = edit(simulate(), "run", (run) => {
    const { store: _s, lease_ms: _l, front: _f, ...settings } = run.plan.settings;
    return { ...run, plan: { ...run.plan, settings: settings as typeof run.plan.settings } };
  }).map((record) =>
    record.kind === "stats" ? { ...record, role: undefined, fence: undefined } : record
  );
  assertEquals(judgeRun(old), judgeRun(simulate()));
  assertEquals(readRun(old)?.roles, []);
});
