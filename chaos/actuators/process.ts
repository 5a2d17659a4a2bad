/** Process faults: source and subject end and restart on the same ports. */
import { type Actuator, attempt, hitsOnly } from "./actuator.ts";
import type { ManagedProcess } from "../subject/mod.ts";
import type { Fault } from "../vocabulary/mod.ts";

const FAULTS_MAX = 1_000;

/** The part of a {@link ManagedProcess} that faults use. */
export type Killable = Pick<ManagedProcess, "name" | "is_running" | "kill" | "restart">;

/** Kills processes and restarts them when the fault is lifted; `processes` may grow later. */
export function processActuator(processes: ReadonlyMap<string, Killable>): Actuator {
  const hits = new Map<string, number>();
  const ended = new Map<string, Killable[]>();
  const lift = async (id: string) => {
    await restartAll(ended.get(id) ?? []);
    ended.delete(id); // only after success: a process that is still down is a difference
  };
  const diff = () =>
    Promise.resolve(
      [...ended.values()].flat().filter(({ is_running }) => !is_running)
        .map(({ name }) => `${name} is not running`),
    );
  return {
    layer: "process",
    async apply(id, fault) {
      if (!hits.has(id) && hits.size >= FAULTS_MAX) {
        throw new Error(`${id}: ${hits.size} process faults so far: at most ${FAULTS_MAX}`);
      }
      const victims = victimsOf(fault, processes);
      ended.set(id, victims);
      hits.set(id, hits.get(id) ?? 0);
      const signal = (fault.params.signal ?? "SIGKILL") as Deno.Signal;
      await Promise.all(victims.map(async (process) => {
        if (!process.is_running) return;
        await process.kill(signal);
        hits.set(id, hits.get(id)! + 1);
      }));
    },
    lift,
    counters: () => hitsOnly("process", Object.fromEntries(hits)),
    diff,
    async rollback(onStep) {
      for (const id of [...ended.keys()]) {
        await attempt(`restart the processes that ${id} killed`, onStep, () => lift(id));
      }
    },
  };
}

/** Restarts all at the same time, as after a power failure. */
async function restartAll(victims: readonly Killable[]): Promise<void> {
  const outcomes = await Promise.allSettled(victims.map((process) => process.restart()));
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

/** `process.restart_both` kills the source and every subject. */
function victimsOf({ kind, params }: Fault, processes: ReadonlyMap<string, Killable>): Killable[] {
  if (kind === "process.restart_both") return [...processes.values()];
  if (kind !== "process.kill") throw new Error(`${kind} is not a process fault`);
  const process = processes.get(String(params.process));
  if (process === undefined) {
    const known = [...processes.keys()].join(", ") || "none";
    throw new Error(`Cannot kill ${params.process}: no such process in this run; it has ${known}`);
  }
  return [process];
}
