import { assert, assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord, ProbeRecord } from "../journal/mod.ts";
import { claim, edit, faultOf, simulate, type Simulated, timesOf } from "../testing/journal.ts";
import type { Condition } from "../vocabulary/mod.ts";
import { loadStep } from "../vocabulary/mod.ts";
import { judgeRun } from "./mod.ts";

const TIMES = timesOf();

/** A measure, a journal it accepts, and the change it must find. */
interface Case {
  condition: Condition;
  given?: Simulated;
  /** The journal of a broken cache. */
  broken: (records: JournalRecord[]) => JournalRecord[];
  sentence: RegExp;
  decided: RegExp;
}

const probes = (change: (probe: ProbeRecord) => ProbeRecord | null) => (records: JournalRecord[]) =>
  edit(records, "probe", change);
const failed = { status: 500, error: "boom", value: null, age_ms: null, snapshot_id: null };

/** The response of a cache that lost its data under fault and hides it. */
function emptied(probe: ProbeRecord): ProbeRecord {
  const under_fault = probe.t_ms > TIMES.on && probe.t_ms < TIMES.off;
  return under_fault ? { ...probe, value: null, snapshot_id: null, age_ms: 5 } : probe;
}

/** `factor` times the polls while the fault is on. */
const polledMore = (factor: number, from_ms: number, to_ms: number) =>
(
  records: JournalRecord[],
): JournalRecord[] => {
  const more = (t_ms: number) =>
    Math.round((factor - 1) * Math.max(0, Math.min(t_ms, to_ms) - from_ms) / 500);
  return edit(records, "stats", (stats) => ({
    ...stats,
    polls: Number(stats.polls) + more(stats.t_ms),
  }));
};

const CASES: readonly Case[] = [
  {
    condition: claim("probe_error_share", 0, { unit: "%" }),
    broken: probes((probe) => probe.t_ms === 8050 ? { ...probe, ...failed } : probe),
    sentence:
      /^failed probes: 0.6\d % of|^failed probes: 0.\d+ %, must be 0|^failed probes: .* %, must be ≤ 0 %/,
    decided: /getmetric .*: 500 in 1.2 ms, boom/,
  },
  {
    condition: claim("load_error_share", 0.005, { unit: "%" }),
    broken: (records) =>
      edit(records, "load", (load) => load.t_ms === 8000 ? { ...load, failed: 100 } : load),
    sentence: /^failed requests: 0.63 %, must be ≤ 0.5 %/,
    decided: /load: 100 of 100 requests failed within 100 ms/,
  },
  {
    condition: claim("p95_ms", 7, { unit: "ms", when: "faulted" }),
    given: { p95At: (t_ms) => t_ms > TIMES.on ? 9 : 3 },
    broken: (records) => records,
    sentence: /^p95 under fault: 9 ms, must be ≤ 7 ms/,
    decided: /p95 of 100 requests within 100 ms was 9 ms/,
  },
  {
    condition: claim("p95_ratio", 1.2, { unit: "×", when: "faulted" }),
    given: { p95At: (t_ms, faulted) => (faulted ? 5 : 3) + (t_ms % 1000) / 2000 },
    broken: (records) => records,
    sentence: /^p95 under fault over baseline: 1\.\d+ ×, must be ≤ 1.2 ×.*\(control 1 ms\) over/,
    decided: /p95 of 100 requests/,
  },
  {
    condition: claim("age_max_ms", 2500, { unit: "ms", when: "unfaulted" }),
    broken: probes((probe) => probe.t_ms > TIMES.end - 100 ? { ...probe, age_ms: 2600 } : probe),
    sentence: /^largest age without faults: 2.6 s, must be ≤ 2.5 s/,
    decided: /age 2.6 s/,
  },
  {
    condition: claim("unlabelled_stale", 0),
    broken: probes((probe) => probe.t_ms === 9050 ? { ...probe, age_ms: 800 } : probe),
    sentence: /^unlabelled stale responses: 1, must be 0/,
    decided: /age 800 ms.*; the data was 4.05 s old/,
  },
  {
    condition: claim("unlabelled_stale", 0),
    broken: probes((probe) => probe.t_ms === 9050 ? { ...probe, age_ms: null } : probe),
    sentence: /^unlabelled stale responses: 1, must be 0/,
    decided: /no age.*it reports no age/,
  },
  {
    condition: claim("bad_data_accepted", 0),
    broken: probes((probe) => probe.t_ms === 9050 ? { ...probe, value: "4" } : probe),
    sentence: /^responses with bad data: 1, must be 0/,
    decided: /value 4, .*snapshot boot-6 had 6\d/,
  },
  {
    condition: claim("bad_data_accepted", 0),
    broken: probes((probe) =>
      probe.t_ms !== 14050 ? probe : {
        ...probe,
        snapshot_id: "boot-9",
        value: probe.metric === "bandwidth_gbps" ? "90" : "91",
      }
    ),
    sentence: /^responses with bad data: 1, must be 0/,
    decided: /the newer snapshot boot-\d+ had been served before/,
  },
  {
    condition: claim("bad_data_accepted", 0),
    broken: probes(emptied),
    sentence: /^responses with bad data: 5\d, must be 0/,
    decided: /200 in 1.2 ms, age 5 ms; it has no value, though the source had one/,
  },
  {
    condition: claim("probe_error_share", 0, { unit: "%" }),
    broken: probes(emptied),
    sentence: /^failed probes: 3\d.* %, must be ≤ 0 %/,
    decided: /200 in 1.2 ms, age 5 ms; it has no value/,
  },
  {
    condition: claim("detect_ms", 900, { unit: "ms" }),
    broken: (records) =>
      edit(
        records,
        "log",
        (log) => log.t_ms < TIMES.on + 1000 ? { ...log, line: { event: "poll.run" } } : log,
      ).map((record) =>
        record.kind === "stats" && record.t_ms < TIMES.on + 1500
          ? { ...record, failures: 0 }
          : record
      ),
    sentence: /^time to detect: 1.2 s, must be ≤ 900 ms/,
    decided: /poll.error, cause refused/,
  },
  {
    condition: claim("recover_ms", 1200, { unit: "ms" }),
    broken: probes((probe) =>
      probe.t_ms > TIMES.off && probe.t_ms < TIMES.off + 2000 ? { ...probe, ...failed } : probe
    ),
    sentence: /^time to recover: 2.05 s, must be ≤ 1.2 s/,
    decided: /200 in 1.2 ms/,
  },
  {
    condition: claim("retry_amplification", 1.1, { unit: "×" }),
    broken: polledMore(3, TIMES.on, TIMES.off),
    sentence: /^retry amplification: 3 ×, must be ≤ 1.1 ×/,
    decided: /30 attempts in 5 s \(polls the subject counted\), 10.0 expected/,
  },
  {
    condition: claim("herd_ratio", 2, { unit: "×" }),
    broken: (records) =>
      edit(
        records,
        "hop",
        (hop) =>
          hop.layer === "http" && hop.t_ms > TIMES.off
            ? { ...hop, requests: Number(hop.requests) + 20 }
            : hop,
      ),
    sentence: /^herd after the lift: \d+ ×, must be ≤ 2 ×/,
    decided: /requests at the source in the .* around the lift/,
  },
  {
    condition: claim("poll_rate_ratio", 1.1, { unit: "×" }),
    // Only the source sees that every poll is sent twice.
    broken: (records) =>
      edit(
        records,
        "hop",
        (hop) => hop.layer === "http" ? { ...hop, requests: 2 * Number(hop.requests) } : hop,
      ),
    sentence: /^poll rate without faults over polls due: [12](\.\d+)? ×, must be ≤ 1\.1 ×/,
    decided: /1\d polls in \d(\.\d)? s \(requests at the HTTP proxy\), \d\.0 due/,
  },
  {
    condition: claim("decoupling_ratio", 1.2, { unit: "×" }),
    given: { fault: faultOf(loadStep({ factor: 10 })) },
    broken: (records) =>
      polledMore(3, TIMES.on, TIMES.off)(
        edit(records, "load", (load) =>
          load.t_ms > TIMES.on && load.t_ms <= TIMES.off
            ? { ...load, requests: load.requests * 10 }
            : load),
      ),
    sentence: /^poll rate under more load over baseline: 3\.?\d* ×, must be ≤ 1.2 ×/,
    decided: /polls\/s in 5 s at 10.0 times the load/,
  },
  {
    condition: claim("metastable", 0),
    given: { verify_ms: 32_000 },
    broken: probes((probe) => probe.t_ms > TIMES.off ? { ...probe, ...failed } : probe),
    sentence: /^still failing long after the lift: 1, must be 0/,
    decided: /500 in 1.2 ms, boom/,
  },
];

for (const { condition, given = {}, broken, sentence, decided } of CASES) {
  const { measure, when } = condition;
  Deno.test(`${measure} (${when}) is broken and names the sample: ${decided.source}`, () => {
    const records = broken(simulate({ conditions: [condition], ...given }));
    const [judged] = judgeRun(records).conditions;
    assertEquals(judged.verdict, "broken", judged.sentence);
    assertMatch(judged.sentence, sentence);
    assertMatch(judged.decided_by?.text ?? "", decided);
  });
  if (given.p95At !== undefined || measure === "decoupling_ratio") continue;
  Deno.test(`${measure} (${when}) is held without it: ${decided.source}`, () => {
    const [judged] = judgeRun(simulate({ conditions: [condition], ...given })).conditions;
    assertEquals(judged.verdict, "held", judged.sentence);
    assert(judged.measured !== null);
  });
}
