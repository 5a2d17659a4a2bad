import { assert, assertEquals } from "@std/assert";
import { SHORT, SHORT_REPLICAS } from "../cli/testing/short_cli.ts";
import { readJournalFile } from "../journal/mod.ts";
import type { JournalRecord } from "../journal/mod.ts";
import { judgeRun } from "../judge/mod.ts";
import { METRICS_SERVER, reasonNotToRun } from "../subject/mod.ts";
import { WINDOW_MS } from "./load/load_windows.ts";
import { RecoveryWatch } from "./recovery.ts";
import { runAndJudge, runId } from "./run_scenario.ts";

type Kind = JournalRecord["kind"];

/** Steps of the preflight in their order; the journal's first record follows the source. */
const STEPS = [
  "starting the guard",
  "starting data_server",
  "starting the control",
  "starting the HTTP fault proxy",
  "starting the TCP fault proxies",
  "reading the source",
  "starting metrics_server",
  "starting the load",
  "waiting until metrics_server has data",
  "waiting for the load's first samples",
  "warming up",
];

Deno.test("a run records everything in its journal and is judged by it alone", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const seen: JournalRecord[] = [];
    const steps: { step: string; t_ms: number; records: number }[] = [];
    const plan = SHORT.plan();
    const { records, judgement } = await runAndJudge(plan, {
      engine: "embedded",
      seed: 5,
      dir,
      onRecord: (record) => seen.push(record),
      onStep: (step, t_ms) => steps.push({ step, t_ms, records: seen.length }),
    });
    assertEquals(judgement.verdict, "held", judgement.sentence);
    assertEquals(seen, records);
    assertEquals(steps.map(({ step }) => step), STEPS);
    assertEquals(
      steps.findIndex(({ records }) => records > 0),
      STEPS.indexOf("starting metrics_server"),
    );
    assertEquals(
      steps.map(({ t_ms }) => t_ms),
      steps.map(({ t_ms }) => t_ms).toSorted((a, b) => a - b),
    );
    const read = await readJournalFile(dir);
    assertEquals(read, records, "the file holds what was judged");
    assertEquals(judgeRun(read), judgement);
    assertWhole(records);
    const { on_ms, off_ms } = faultTimes(records);
    const [{ for_ms }] = plan.faults;
    assert(Math.abs(off_ms - on_ms - for_ms) < for_ms / 2, `on for ${off_ms - on_ms} ms`);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

function assertWhole(records: readonly JournalRecord[]): void {
  const phases = records.filter((one) => one.kind === "phase");
  assertEquals(phases.map(({ phase }) => phase), [
    "preflight",
    "baseline",
    "fault",
    "lift",
    "recover",
    "verify",
  ]);
  const kinds: Kind[] = ["run", "probe", "load", "hop", "source", "stats", "process_sample", "log"];
  for (const kind of kinds) assert(records.some((one) => one.kind === kind), `no ${kind} record`);
  // The window of the recovery still holds old answers.
  const [recover, verify] = phases.slice(-2).map(({ t_ms }) => t_ms);
  const seen = recoverySeen(records, recover);
  const windowOf = (t_ms: number) => Math.floor(t_ms / WINDOW_MS);
  assert(windowOf(verify) > windowOf(seen), `recovery seen at ${seen}, verify began at ${verify}`);
  const touched = records.findLast((one) => one.kind === "hop" && one.evidence !== undefined);
  assert(touched?.kind === "hop");
  assert(touched.evidence?.["1-tcp.refuse"].includes("refused"), JSON.stringify(touched));
}

/** Time at which the run itself saw the recovery. */
function recoverySeen(records: readonly JournalRecord[], from_ms: number): number {
  const run = records.find((one) => one.kind === "run")!;
  const watch = new RecoveryWatch(run.plan);
  for (const one of records) {
    if (one.kind !== "probe" || one.t_ms < from_ms) continue;
    watch.record(one);
    if (watch.is_recovered) return one.t_ms;
  }
  throw new Error("no recovery seen");
}

function faultTimes(records: readonly JournalRecord[]) {
  const faults = records.filter((one) => one.kind === "fault");
  assertEquals(faults.map(({ action, error }) => [action, error]), [["on", null], ["off", null]]);
  return { on_ms: faults[0].t_ms, off_ms: faults[1].t_ms };
}

Deno.test({
  name: "a run of replicas kills their leader, adds one, and records each of them",
  ignore: reasonNotToRun(SHORT_REPLICAS.plan().settings, METRICS_SERVER) !== null,
  async fn() {
    const { records, judgement } = await runAndJudge(SHORT_REPLICAS.plan(), {
      engine: "embedded",
      seed: 5,
    });
    // A machine that is busy otherwise makes the load inconclusive.
    assert(["held", "inconclusive"].includes(judgement.verdict), judgement.sentence);
    const effects = judgement.fault_effects.map(({ took_effect }) => took_effect);
    assertEquals(effects, [true, true]);
    const killed = records.find((one) => one.kind === "process" && one.action === "killed");
    assert(killed?.kind === "process" && killed.process === "subject-2", "the last one leads");
    for (const subject of [0, 1, 2]) {
      const answered = records.some((one) =>
        one.kind === "probe" && (one.subject ?? 0) === subject && one.status === 200
      );
      const role = records.findLast((one) => one.kind === "stats" && one.subject === subject);
      const has_hop = records.some((one) =>
        one.kind === "hop" && one.hop === "store" && one.subject === subject && one.bytes_up > 0
      );
      assertEquals([answered, has_hop], [true, true], `subject ${subject}`);
      assert(role?.kind === "stats" && ["leader", "follower"].includes(String(role.role)));
    }
    const end = records.at(-1)!;
    assertEquals(end, { t_ms: end.t_ms, kind: "end", clean: true, left: [] });
  },
});

Deno.test("runId is the scenario and the second of the start", () => {
  const now = new Date("2025-01-02T03:04:05.678Z");
  assertEquals(runId(SHORT.plan(), now), "short-20250102T030405Z");
  assertEquals(runId(SHORT.plan({ quick: true }), now), "short-quick-20250102T030405Z");
});
