/** Failures of the lab itself: the verdict is never `held`, and no process is left. */
import { assert, assertEquals } from "@std/assert";
import { startTcpActuator } from "../actuators/tcp.ts";
import { SHORT } from "../cli/testing/short_cli.ts";
import { identify } from "../guard/mod.ts";
import type { JournalRecord } from "../journal/mod.ts";
import type { Subject } from "../subject/mod.ts";
import { METRICS_SERVER } from "../subject/mod.ts";
import { DEFAULT_ENGINES } from "./lab.ts";
import { type FinishedRun, runAndJudge, type RunScenarioOptions } from "./run_scenario.ts";

async function runShort(options: RunScenarioOptions): Promise<FinishedRun> {
  const run = await runAndJudge(SHORT.plan(), { engine: "embedded", ...options });
  assertNothingLeft(run.records);
  return run;
}

/** Every process in the journal has ended, and the journal confirms it. */
function assertNothingLeft(records: readonly JournalRecord[]): void {
  const end = records.at(-1)!;
  assertEquals(end, { t_ms: end.t_ms, kind: "end", clean: true, left: [] });
  for (const record of records) {
    if (record.kind !== "process" || record.action !== "started") continue;
    assertEquals(identify(record.pid), null, `${record.process} still runs`);
  }
}

function troublesOf(records: readonly JournalRecord[]): string[] {
  return records.flatMap((one) => one.kind === "trouble" ? [`${one.what}: ${one.detail}`] : []);
}

Deno.test("a run is inconclusive if an engine dies, and names it and its exit code", async () => {
  let pid = NaN, killed = NaN;
  const { judgement, records } = await runShort({
    engines: {
      ...DEFAULT_ENGINES,
      tcp: (options) =>
        startTcpActuator({
          ...options,
          onEvent: (event) => {
            if (event.action === "started") pid = event.pid;
            options.onEvent?.(event);
          },
        }),
    },
    onRecord: (record) => {
      if (record.kind !== "fault" || record.action !== "on") return;
      killed = pid; // the rollback starts a new one
      Deno.kill(killed, "SIGKILL");
    },
  });
  const [trouble] = troublesOf(records);
  assert(trouble.includes(`(pid ${killed}) ended by itself with exit code 137`), trouble);
  assertEquals([judgement.verdict, judgement.exit_code], ["inconclusive", 2]);
});

Deno.test("a run ends if its guard dies", async () => {
  let guard_pid = NaN;
  const { judgement, records } = await runShort({
    engines: {
      ...DEFAULT_ENGINES,
      tcp: (options) => {
        guard_pid = options.guard!.pid;
        return startTcpActuator(options);
      },
    },
    onRecord: (record) => {
      if (record.kind === "fault" && record.action === "on") Deno.kill(guard_pid, "SIGKILL");
    },
  });
  const [trouble] = troublesOf(records);
  const expected = `engine: guard (pid ${guard_pid}) ended by itself with exit code 137`;
  assert(trouble.startsWith(expected), trouble);
  assertEquals(judgement.exit_code, 2);
});

Deno.test("a full disk ends the run early, and the verdict is not held", async () => {
  const reported: string[] = [];
  let faults = 0;
  const { judgement, records } = await runShort({
    // Every write to it fails.
    file: Deno.openSync("/dev/full", { write: true }),
    onJournalBroken: (detail) => reported.push(detail),
    onRecord: ({ kind }) => {
      if (kind === "fault") faults++;
    },
  });
  assertEquals(reported.length, 1);
  assert(reported[0].startsWith("Cannot write the journal: No space left on device"), reported[0]);
  assertEquals(troublesOf(records)[0], `journal: ${reported[0]}`);
  assertEquals([judgement.verdict, faults], ["inconclusive", 0]);
});

Deno.test("a run is inconclusive if a port is in use", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr;
  const { judgement, records } = await runShort({
    engines: {
      ...DEFAULT_ENGINES,
      http: (options) =>
        Promise.resolve().then(() => {
          Deno.listen({ hostname: "127.0.0.1", port }).close();
          return DEFAULT_ENGINES.http(options);
        }),
    },
  });
  const [trouble] = troublesOf(records);
  assert(trouble.startsWith("preflight: Address already in use"), trouble);
  assertEquals([judgement.verdict, judgement.exit_code], ["inconclusive", 2]);
});

Deno.test("a run is inconclusive if the subject does not start, and quotes its stderr", async () => {
  const program = `${import.meta.dirname}/../subject/testing/small_server.ts`;
  const subject: Subject = {
    ...METRICS_SERVER,
    name: "ending",
    command: ["deno", "run", "-A", program, "{port}", "once", program, "{upstream}"],
  };
  const { judgement, records } = await runShort({ subject });
  const [trouble] = troublesOf(records);
  assert(trouble.startsWith("subject: ") && trouble.includes("was here before"), trouble);
  assertEquals(judgement.verdict, "inconclusive");
});

Deno.test("a run is inconclusive if the load ends by itself, and quotes its stderr", async () => {
  const plan = SHORT.plan();
  const { judgement, records } = await runAndJudge(
    { ...plan, load: { profile: "no-such-profile", env: {} } },
    { engine: "embedded" },
  );
  assertNothingLeft(records);
  const [trouble] = troublesOf(records);
  assert(trouble.startsWith("load: The load ended with exit code"), trouble);
  assert(trouble.length < 1_000, `${trouble.length} characters`);
  assertEquals(judgement.verdict, "inconclusive");
});
