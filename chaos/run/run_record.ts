/** First record of a run's journal. */
import { describeMachine, machineLine } from "../../tools/verdict/mod.ts";
import { NOT_STARTED, type RunRecord } from "../journal/mod.ts";
import { METRICS_SERVER } from "../subject/mod.ts";
import type { ScenarioPlan } from "../vocabulary/mod.ts";
import type { Lab } from "./lab.ts";
import { loadEngine } from "./load/load_process.ts";
import type { RunOptions } from "./run_options.ts";

/** @param lab null where none was started. */
export async function runRecord(
  plan: ScenarioPlan,
  { run_id, started_at_ms, seed, subject }: RunOptions,
  lab: Lab | null,
): Promise<Omit<RunRecord, "t_ms">> {
  const used = lab?.subject ?? subject ?? METRICS_SERVER;
  return {
    kind: "run",
    format: 1,
    run_id,
    started_at: new Date(started_at_ms).toISOString(),
    plan,
    seed,
    engines: { tcp: lab?.tcp_engine ?? NOT_STARTED, load: (await loadEngine()).name },
    machine: machineLine(describeMachine()),
    subject: used.name,
    tells: { value: used.value !== null },
  };
}
