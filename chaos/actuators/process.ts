/** Faults of processes: source and subject go away and come back on the same ports. */
import { type Actuator, hitsOnly } from "./actuator.ts";
import type { ManagedProcess } from "../subject/mod.ts";
import type { Fault } from "../vocabulary/mod.ts";

/** Most faults of processes of one run that are counted. */
export const HITS_MAX = 1_000;

/** The part of a {@link ManagedProcess} that faults need. */
export type Killable = Pick<ManagedProcess, "name" | "is_running" | "kill" | "restart">;

/** Options of {@link processActuator}. */
export interface ProcessActuatorOptions {
  /** By name; looked at when a fault goes on, so that processes may be added later. */
  readonly processes: ReadonlyMap<string, Killable>;
}

/**
 * Ends processes and starts them again.
 *
 * ```ts
 * const actuator = processActuator({ processes: new Map([["data_server", source]]) });
 * await actuator.apply("1-process.kill", kill("data_server").make(context)); // ended
 * await actuator.lift("1-process.kill"); // runs and answers again
 * ```
 */
export function processActuator({ processes }: ProcessActuatorOptions): Actuator {
  const hits = new Map<string, number>();
  /** Whom each fault has ended. */
  const ended = new Map<string, Killable[]>();
  const lift = async (id: string) => {
    await restartAll(ended.get(id) ?? []);
    ended.delete(id); // only now: what could not be started is still a difference
  };
  const diff = () =>
    Promise.resolve(
      [...ended.values()].flat().filter(({ is_running }) => !is_running)
        .map(({ name }) => `${name} does not run`),
    );
  return {
    layer: "process",
    async apply(id, fault) {
      if (!hits.has(id) && hits.size >= HITS_MAX) {
        throw new Error(`${id}: ${hits.size} faults of processes so far: at most ${HITS_MAX}`);
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
        const step = `start what ${id} ended`;
        try {
          await lift(id);
          onStep(step, true);
        } catch (error) {
          onStep(`${step}: ${(error as Error).message}`, false);
        }
      }
    },
  };
}

/** At once, as after a power cut: none waits for another to be ready. */
async function restartAll(victims: readonly Killable[]): Promise<void> {
  const outcomes = await Promise.allSettled(victims.map((process) => process.restart()));
  const failure = outcomes.find((outcome) => outcome.status === "rejected");
  if (failure !== undefined) throw failure.reason;
}

/** `process.restart_both` means the source and every subject there is. */
function victimsOf(
  { kind, params }: Fault,
  processes: ReadonlyMap<string, Killable>,
): Killable[] {
  if (kind === "process.restart_both") return [...processes.values()];
  if (kind !== "process.kill") throw new Error(`${kind}: no fault of processes`);
  const process = processes.get(String(params.process));
  if (process === undefined) {
    const known = [...processes.keys()].join(", ") || "none";
    throw new Error(`Cannot end ${params.process}: no such process in this run; it has ${known}`);
  }
  return [process];
}
