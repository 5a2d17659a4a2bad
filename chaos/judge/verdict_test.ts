import { assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord, TroubleRecord } from "../journal/mod.ts";
import {
  claim,
  edit,
  insert,
  OUTAGE_CLAIMS,
  simulate,
  type Simulated,
  STARTED_MS,
  timesOf,
} from "../testing/journal.ts";
import { EXIT_CODES, judgeRun, MEASURES, type Verdict } from "./mod.ts";

const GOOD = simulate();
const TIMES = timesOf();
const MID_FAULT_MS = (TIMES.on + TIMES.off) / 2;

interface Case {
  /** What happened, and the expected verdict. */
  name: string;
  records: JournalRecord[];
  verdict: Verdict;
  sentence: RegExp;
  /** The sample that decided; not checked if absent. */
  decided?: RegExp;
}

const trouble = (what: TroubleRecord["what"], t_ms: number) =>
  insert(GOOD, { t_ms, kind: "trouble", what, detail: "something" });

/** A response in the middle of the outage that claims to be fresh. */
const lies = (records: readonly JournalRecord[], after_ms = MID_FAULT_MS) =>
  edit(records, "probe", (probe) => probe.t_ms < after_ms ? probe : { ...probe, age_ms: 10 });

const tooOld = (records: readonly JournalRecord[]) =>
  edit(
    records,
    "probe",
    (probe) => Math.abs(probe.t_ms - MID_FAULT_MS) < 60 ? { ...probe, age_ms: 9100 } : probe,
  );

/** Both sides are slow before the fault. */
const SLOW_MACHINE_BEFORE: Simulated = {
  p95At: (_, faulted) => faulted ? 3 : 30,
  controlP95At: (_, faulted) => faulted ? 1 : 20,
};

const CASES: readonly Case[] = [
  {
    name: "a cache that does everything right is held",
    records: GOOD,
    verdict: "held",
    sentence: /^5 s of tcp.refuse: age peaked at .*; 12 conditions held$/,
  },
  {
    name: "a single response older than promised is broken, and reported",
    records: tooOld(GOOD),
    verdict: "broken",
    sentence: /largest age under fault: 9.1 s, must be ≤ 9 s \(fault 5 s \+ poll 500 ms\)/,
    decided: /getmetric sw-\d+ \w+: 200 in 1.2 ms, value \d+, age 9.1 s/,
  },
  {
    name: "an empty journal is inconclusive",
    records: [],
    verdict: "inconclusive",
    sentence: /no first line/,
  },
  {
    name: "a journal without its end is inconclusive",
    records: edit(GOOD, "end", () => null),
    verdict: "inconclusive",
    sentence: /truncated after 17.0 s/,
  },
  {
    name: "a condition broken before the truncation stays broken",
    records: edit(tooOld(GOOD), "end", () => null),
    verdict: "broken",
    sentence: /largest age under fault/,
  },
  {
    name: "a share of failures from half a run is inconclusive",
    records: edit(
      edit(simulate({ conditions: OUTAGE_CLAIMS.slice(0, 1) }), "end", () => null),
      "probe",
      (probe) => probe.t_ms < MID_FAULT_MS ? probe : { ...probe, status: 500, error: "boom" },
    ),
    verdict: "inconclusive",
    sentence: /truncated/,
  },
  {
    name: "a failed engine is inconclusive",
    records: trouble("engine", MID_FAULT_MS),
    verdict: "inconclusive",
    sentence: /an engine of the lab failed at 8.5 s: something/,
  },
  {
    name: "an interruption is inconclusive",
    records: trouble("interrupted", MID_FAULT_MS),
    verdict: "inconclusive",
    sentence: /interrupted at 8.5 s/,
  },
  {
    name: "a failed preflight is inconclusive, whatever was measured",
    records: insert(tooOld(GOOD), {
      t_ms: 100,
      kind: "trouble",
      what: "preflight",
      detail: "port 8080 is taken",
    }),
    verdict: "inconclusive",
    sentence: /preflight failed at 0.1 s: port 8080 is taken/,
  },
  {
    name: "an abort because of failed clients is broken by those failures",
    records: edit(
      trouble("abort", MID_FAULT_MS + 500),
      "probe",
      (probe) =>
        Math.abs(probe.t_ms - MID_FAULT_MS) > 900
          ? probe
          : { ...probe, status: 503, error: "no-snapshot" },
    ),
    verdict: "broken",
    sentence: /failed probes/,
  },
  {
    name: "trouble with the load spares conditions that do not depend on it",
    records: insert(lies(GOOD), {
      t_ms: TIMES.on,
      kind: "trouble",
      what: "load",
      detail: "k6 died",
    }),
    verdict: "broken",
    sentence: /unlabelled stale responses/,
  },
  {
    name: "trouble with the load alone is inconclusive",
    records: trouble("load", TIMES.on),
    verdict: "inconclusive",
    sentence: /the load failed/,
  },
  {
    name: "a baseline on a slow machine is inconclusive and not blamed on the fault",
    records: simulate(SLOW_MACHINE_BEFORE),
    verdict: "inconclusive",
    sentence: /the baseline is inconclusive: p95: 30 ms, .*the control missed it, too/,
  },
  {
    name: "a lie is broken despite such a baseline",
    records: lies(simulate(SLOW_MACHINE_BEFORE)),
    verdict: "broken",
    sentence: /unlabelled stale/,
  },
  {
    name: "a fault that was never applied is inconclusive",
    records: edit(GOOD, "fault", () => null),
    verdict: "inconclusive",
    sentence: /fault without effect: 1-tcp.refuse: it was never applied/,
  },
  {
    name: "a cut-off source without effect at the subject is inconclusive despite proxy hits",
    records: withoutEffect(),
    verdict: "inconclusive",
    sentence: /fault without effect: .*10 hits, but no effect at the subject/,
  },
  {
    name: "something left behind is a failed rollback, even with a broken promise",
    records: edit(tooOld(GOOD), "end", (end) => ({
      ...end,
      clean: false,
      left: ["toxic slow on proxy source"],
    })),
    verdict: "rollback failed",
    sentence: /left behind: toxic slow on proxy source/,
  },
  {
    name: "a last rollback step that leaves a difference is a failed rollback",
    records: insert(GOOD, {
      t_ms: TIMES.off + 5,
      kind: "rollback",
      step: "reset everything",
      ok: false,
      diff: ["proxy source is disabled"],
    }),
    verdict: "rollback failed",
    sentence: /the last step of the rollback failed: reset everything: proxy source is disabled/,
  },
  {
    name: "a subject that ends by itself is broken",
    records: insert(
      GOOD,
      { t_ms: 500, kind: "process", process: "subject", action: "ready", pid: 42, code: null },
      { t_ms: 8000, kind: "process", process: "subject", action: "ended", pid: 42, code: 139 },
    ),
    verdict: "broken",
    sentence: /subject \(pid 42\) ended by itself with code 139 at 8.0 s/,
  },
  {
    name: "a plan without conditions is inconclusive",
    records: simulate({ conditions: [] }),
    verdict: "inconclusive",
    sentence: /has no conditions/,
  },
  {
    name: "too few probes are inconclusive",
    records: edit(
      simulate({
        conditions: OUTAGE_CLAIMS.filter(({ measure }) => measure === "probe_error_share"),
      }),
      "probe",
      (probe) => probe.t_ms % 5000 < 100 ? probe : null,
    ),
    verdict: "inconclusive",
    sentence: /too few samples/,
  },
];

for (const { name, records, verdict, sentence, decided } of CASES) {
  Deno.test(`judgeRun: ${name}`, () => {
    const judgement = judgeRun(records);
    assertEquals(judgement.verdict, verdict, judgement.sentence);
    assertEquals(judgement.exit_code, EXIT_CODES[verdict]);
    assertMatch(judgement.sentence, sentence);
    if (decided !== undefined) assertMatch(judgement.decided_by?.text ?? "", decided);
  });
}

Deno.test("judgeRun is repeatable and does not depend on the order of the lines", () => {
  const once = judgeRun(GOOD);
  assertEquals(judgeRun(GOOD), once);
  const [header, ...rest] = GOOD;
  const by_kind = rest.toSorted((a, b) => a.kind.localeCompare(b.kind) || a.t_ms - b.t_ms);
  assertEquals(judgeRun([header, ...by_kind]).conditions, once.conditions);
});

Deno.test("judgeRun: an old age in a window across the recovery does not count for the time after", () => {
  const straddling = edit(
    GOOD,
    "phase",
    (phase) => phase.phase === "verify" ? { ...phase, t_ms: phase.t_ms - 50 } : phase,
  );
  const aged = edit(
    straddling,
    "load",
    (load) => load.t_ms === TIMES.verify ? { ...load, age_max_ms: 6000 } : load,
  );
  assertEquals(judgeRun(aged).verdict, "held", judgeRun(aged).sentence);
  const after = edit(
    straddling,
    "load",
    (load) => load.t_ms === TIMES.verify + 100 ? { ...load, age_max_ms: 6000 } : load,
  );
  assertMatch(judgeRun(after).sentence, /largest age without faults: 6 s/);
});

Deno.test("judgeRun: failures in a window across baseline and fault count for the whole run", () => {
  const records = edit(
    simulate({ conditions: [claim("load_error_share", 0, { unit: "%" })] }),
    "load",
    (load) => load.t_ms === TIMES.on + 100 ? { ...load, failed: 7 } : load,
  );
  const shifted = edit(
    records,
    "fault",
    (fault) => fault.action === "on" ? { ...fault, t_ms: fault.t_ms + 50 } : fault,
  );
  assertMatch(judgeRun(shifted).sentence, /failed requests/);
  assertEquals(judgeRun(shifted).verdict, "broken");
});

/** The proxy counts hits, but the polls continue unaffected. */
function withoutEffect(): JournalRecord[] {
  const never_failing = edit(
    GOOD,
    "log",
    (log) =>
      log.line.event === "poll.error" ? { ...log, line: { event: "poll.run", fetch_ms: 2 } } : log,
  );
  const no_failures = edit(never_failing, "stats", (stats) => ({ ...stats, failures: 0 }));
  let source = { snapshot_id: "", taken_ms: 0, values: {} as Readonly<Record<string, string>> };
  return no_failures.flatMap((record): JournalRecord[] => {
    if (record.kind === "source") source = record;
    if (record.kind !== "probe" || record.t_ms < TIMES.on) return [record];
    const value = source.values[`${record.switch_id} ${record.metric}`];
    const age_ms = STARTED_MS + record.t_ms - source.taken_ms;
    return [{ ...record, snapshot_id: source.snapshot_id, value, age_ms }];
  });
}

Deno.test("the README's table has every measure, in the order of MEASURES", async () => {
  const readme = await Deno.readTextFile(new URL("README.md", import.meta.url));
  const rows = [...readme.matchAll(/^\| `(\w+)` +\|/gm)].map(([, measure]) => measure);
  assertEquals(rows, Object.keys(MEASURES));
});
