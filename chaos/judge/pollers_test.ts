import { assert, assertEquals, assertMatch } from "@std/assert";
import type { JournalRecord } from "../journal/mod.ts";
import { claim, edit, faultOf, simulate } from "../testing/journal.ts";
import { type Condition, refuse } from "../vocabulary/mod.ts";
import { judgeRun } from "./mod.ts";

/** The journal of three correct replicas whose store is gone for a while. */
const replicas = (condition: Condition) =>
  simulate({
    conditions: [condition],
    settings: { subjects: 3, store: "redis" },
    fault: faultOf(refuse("store")),
  });

const condition = (records: readonly JournalRecord[]) => judgeRun(records).conditions[0];

Deno.test("pollers_ratio holds if one replica polls, and names the polls of each", () => {
  const records = replicas(claim("pollers_ratio", 1.05, { unit: "×" }));
  const { measured, verdict, sentence, decided_by } = condition(records);
  assertEquals(verdict, "held", sentence);
  assert(Math.abs(Number(measured) - 1) < 0.05, sentence);
  assertMatch(decided_by?.text ?? "", /polls counted: subject \d+, subject-2 0, subject-3 0/);
});

Deno.test("pollers_ratio is broken if every replica polls, by the source or by their own count", () => {
  const records = replicas(claim("pollers_ratio", 1.05, { unit: "×" }));
  const by_source = edit(
    records,
    "hop",
    (hop) => hop.layer === "http" ? { ...hop, requests: Number(hop.requests) * 3 } : hop,
  );
  const by_subjects = edit(records, "stats", (stats) => ({ ...stats, polls: stats.t_ms / 500 }));
  for (const broken of [by_source, by_subjects]) {
    const { verdict, sentence } = condition(broken);
    assertEquals(verdict, "broken", sentence);
    assertMatch(sentence, /^pollers at the source: (2\.9|3)[.\d]* ×, must be ≤ 1.05 ×/);
  }
});

Deno.test("pollers_ratio is inconclusive without a counter, or with few polls", () => {
  const records = replicas(claim("pollers_ratio", 1.05, { unit: "×" }));
  const uncounted = edit(edit(records, "hop", () => null), "stats", () => null);
  assertEquals(condition(uncounted).verdict, "inconclusive");
  const short = condition(
    edit(uncounted, "run", (run) => run).concat(
      records.filter(({ kind, t_ms }) => kind === "stats" && t_ms > 8000 && t_ms < 9600),
    ),
  );
  assertMatch(short.sentence, /too few samples/);
});

Deno.test("follower_polls counts polls between two samples as a follower of one lease", () => {
  const records = replicas(claim("follower_polls", 0));
  assertEquals(condition(records).verdict, "held");
  const polled = edit(
    records,
    "stats",
    (stats) => stats.subject === 2 && stats.t_ms >= 8000 ? { ...stats, polls: 2 } : stats,
  );
  assertEquals(condition(polled).verdict, "broken");
  assertMatch(condition(polled).decided_by?.text ?? "", /subject-3 polled 2 times as a follower/);
  const alone = edit(
    polled,
    "stats",
    (stats) => stats.subject === 2 && stats.t_ms === 8000 ? { ...stats, role: "alone" } : stats,
  );
  assertEquals(condition(alone).verdict, "held", "it did not follow");
});

Deno.test("follower_polls is inconclusive if no replica reports a role", () => {
  const records = edit(
    replicas(claim("follower_polls", 0)),
    "stats",
    ({ role: _role, fence: _fence, ...stats }) => stats,
  );
  assertEquals(condition(records).verdict, "inconclusive");
});

Deno.test("replicas that all poll in the baseline break the run, though a latency fails it, too", () => {
  const conditions = [
    claim("p95_ms", 0.1, { unit: "ms", when: "unfaulted" }),
    claim("pollers_ratio", 1.05, { unit: "×" }),
  ];
  const records = edit(
    replicas(conditions[1]),
    "hop",
    (hop) => hop.layer === "http" ? { ...hop, requests: Number(hop.requests) * 3 } : hop,
  );
  const old = edit(records, "run", (run) => ({ ...run, plan: { ...run.plan, conditions } }));
  const { verdict, sentence } = judgeRun(old);
  assertEquals(verdict, "broken");
  assertMatch(sentence, /^pollers at the source/);
});
