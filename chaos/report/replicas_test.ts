import { assertEquals, assertMatch, assertNotMatch } from "@std/assert";
import { judgeRun, readRun } from "../judge/mod.ts";
import { claim, edit, faultOf, simulate } from "../testing/journal.ts";
import { kill } from "../vocabulary/mod.ts";
import { htmlReport } from "./html.ts";
import { terminalReport, writeReport } from "./mod.ts";
import { laneText } from "./replicas.ts";
import { seriesOf } from "./series.ts";

/** Three replicas; the second leads from 8 s on. */
const RECORDS = edit(
  simulate({
    conditions: [claim("skew_p99_ms", 200, { unit: "ms" })],
    settings: { subjects: 3, store: "redis" },
    fault: faultOf(kill("leader")),
  }),
  "stats",
  (stats) => {
    if (stats.t_ms < 8000 || stats.subject === 2) return stats;
    const role = stats.subject === 1 ? "leader" : "alone";
    return { ...stats, role, fence: 8 };
  },
);
const JUDGEMENT = judgeRun(RECORDS);

Deno.test("report.html has a lane of roles for each replica, the leaders and the skew", async () => {
  const text = await htmlReport(RECORDS, JUDGEMENT);
  for (const name of ["subject", "subject-2", "subject-3"]) {
    assertMatch(text, new RegExp(`text-anchor="end">${name}</text>`));
  }
  assertMatch(text, /class="role leader".*subject-2, fencing number 8: leader, 8.0 s–/);
  assertMatch(text, /class="role alone"/);
  assertMatch(text, /subject from 0.0 s \(fencing number 7\), subject-2 from 8.0 s/);
  assertMatch(text, /Skew over the whole run: p50 \d.* ms, p99/);
  assertEquals(text.match(/<figure>/g)?.length, 6);
  assertNotMatch(text, /NaN|undefined|Infinity/);
});

Deno.test("the terminal report has a lane of letters for each replica, and their legend", () => {
  const text = terminalReport(RECORDS, JUDGEMENT, { columns: 100, color: false });
  assertMatch(text, /^subject {3}L+a+$/m);
  assertMatch(text, /^subject-2 f+L+$/m);
  assertMatch(text, /^subject-3 f+$/m);
  assertMatch(text, /roles: L leader, f follower, a alone/);
});

Deno.test("laneText leaves the time blank in which a replica reports no role", () => {
  const role = { subject: 0, role: "leader", fence: 1 };
  const roles = [{ ...role, from_ms: 0, to_ms: 20 }, { ...role, from_ms: 70, to_ms: 200 }];
  assertEquals(laneText(roles, { from_ms: 0, to_ms: 100, columns: 10 }), "LLL    LLL");
});

Deno.test("verdict.json has elections, roles and skew of replicas, and nothing without", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const jsonOf = async (records: typeof RECORDS) => {
      await writeReport(dir, records, judgeRun(records));
      return JSON.parse(await Deno.readTextFile(`${dir}/verdict.json`));
    };
    const { replicas } = await jsonOf(RECORDS);
    assertEquals(replicas.elections, [
      { t_ms: 0, replica: "subject", fence: 7 },
      { t_ms: 8000, replica: "subject-2", fence: 8 },
    ]);
    assertEquals(Object.keys(replicas.skew_ms), ["count", "p50", "p99", "max"]);
    assertEquals("replicas" in await jsonOf(simulate()), false);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("seriesOf counts the replicas that poll, and predicts one poller's requests", () => {
  const series = seriesOf(readRun(RECORDS)!);
  const named = (name: string) => series.find((one) => one.name === name)!;
  assertEquals(new Set(named("pollers").points.slice(1).map(({ value }) => value)), new Set([1]));
  assertEquals(named("upstream").bounds[0].value, 2);
});
