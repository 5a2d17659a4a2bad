import { assert, assertEquals } from "@std/assert";
import { judgeRun } from "../judge/mod.ts";
import type { JournalRecord } from "../journal/mod.ts";
import { LabProcess } from "./testing/lab_process.ts";

/** The test finds remaining processes by /proc. */
const ignore = Deno.build.os !== "linux";
/** Deadline of the guard, with a margin for a busy machine. */
const GONE_MS_MAX = 3_000;

function endOf(records: readonly JournalRecord[]) {
  const end = records.at(-1)!;
  assert(end.kind === "end", `the last record is ${end.kind}`);
  return end;
}

async function interrupted(
  phase: string,
  signal: "SIGINT" | "SIGTERM",
  exit_code: number,
): Promise<void> {
  await using lab = await LabProcess.start();
  await lab.firstProcess();
  if (phase !== "preflight") await lab.phase(phase);
  lab.processes(); // finds its mark
  lab.kill(signal);
  assertEquals(await lab.exitCode(), exit_code, lab.output);
  const gone_ms = await lab.gone();
  assert(gone_ms < GONE_MS_MAX, `${phase}: the guard ended ${Math.round(gone_ms)} ms later`);
  const records = await lab.journal();
  assertEquals(endOf(records), { ...endOf(records), clean: true, left: [] });
  const troubles = records.filter(({ kind }) => kind === "trouble");
  assertEquals(
    troubles.map((record) => record.kind === "trouble" && `${record.what}: ${record.detail}`),
    [`interrupted: ${signal}`],
  );
  const faults = records.filter(({ kind }) => kind === "fault");
  const count = (action: string) =>
    faults.filter((one) => one.kind === "fault" && one.action === action).length;
  assertEquals(count("on"), count("off"), "every fault that went on was lifted");
  assertEquals(count("on"), ["preflight", "baseline"].includes(phase) ? 0 : 1);
  assertEquals(judgeRun(records).verdict, "inconclusive");
}

for (
  const phases of [["preflight", "baseline"], ["fault", "lift"], ["recover", "verify"]]
) {
  Deno.test({
    name: `Ctrl-C in ${
      phases.join(" or ")
    } lifts all faults, ends all processes and exits with 130`,
    ignore,
    fn: async () => {
      await Promise.all(phases.map((phase) => interrupted(phase, "SIGINT", 130)));
    },
  });
}

Deno.test({
  name: "SIGTERM during a fault exits with 143; after SIGKILL the guard cleans up",
  ignore,
  fn: async () => {
    await using killed = await LabProcess.start();
    await Promise.all([
      interrupted("fault", "SIGTERM", 143),
      (async () => {
        await killed.phase("fault");
        assert(killed.processes().length >= 5, `${killed.processes().length} processes`);
        killed.kill("SIGKILL");
        const gone_ms = await killed.gone();
        assert(gone_ms < GONE_MS_MAX, `gone after ${Math.round(gone_ms)} ms`);
        const { verdict, sentence } = judgeRun(await killed.journal());
        assertEquals(verdict, "inconclusive");
        assert(sentence.includes("journal"), sentence);
      })(),
    ]);
  },
});
