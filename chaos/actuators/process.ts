/** Process faults: programs of the run end, restart on the same ports, stop and continue. */
import type { ManagedProcess } from "../subject/mod.ts";
import { type Fault, subjectName } from "../vocabulary/mod.ts";
import { type Actuator, attempt, hitsOnly } from "./actuator.ts";

const FAULTS_MAX = 1_000;

/** The part of a {@link ManagedProcess} that faults use. */
export type Killable = Pick<
  ManagedProcess,
  "name" | "is_running" | "is_frozen" | "kill" | "restart" | "freeze" | "resume"
>;

/** What process faults need of the run. */
export interface ProcessTargets {
  /** By name; it may grow later. */
  readonly processes: ReadonlyMap<string, Killable>;
  /** Current role of each subject by process name; null if it reports none. */
  roles(): Promise<ReadonlyMap<string, string | null>>;
  /** Resolves once the subject has data again, and the front, if any, sends it requests. */
  ready(name: string): Promise<void>;
  /** Starts one more subject. */
  addSubject(): Promise<Killable>;
}

interface ActiveFault {
  readonly victims: Killable[];
  hits: number;
  /** What happened to the victims: `subject-3 ended`. */
  evidence: string[];
  /** A rolling restart. */
  work: Promise<void> | null;
}

/** Applies faults to the run's processes; a lift restarts and continues them. */
export function processActuator(targets: ProcessTargets): Actuator {
  const faults = new Map<string, ActiveFault>();
  const hit = (fault: ActiveFault, { name }: Killable, what: string) => {
    fault.hits++;
    fault.evidence.push(`${name} ${what}`);
  };
  const end = async (fault: ActiveFault, victim: Killable, signal: Deno.Signal) => {
    if (!victim.is_running) return;
    await victim.kill(signal);
    hit(fault, victim, "ended");
  };
  const rollingRestart = async (fault: ActiveFault) => {
    for (const victim of fault.victims) {
      await end(fault, victim, "SIGTERM");
      await victim.restart();
      await targets.ready(victim.name);
    }
  };
  const carryOut = async (fault: ActiveFault, { kind, params }: Fault) => {
    const signal = (params.signal ?? "SIGKILL") as Deno.Signal;
    switch (kind) {
      case "process.freeze":
        for (const victim of fault.victims) {
          victim.freeze();
          if (victim.is_frozen) hit(fault, victim, "stopped");
        }
        return;
      case "process.rolling_restart":
        fault.work = rollingRestart(fault);
        fault.work.catch(() => {}); // the lift reports it
        return;
      case "process.add_replica":
        return hit(fault, await targets.addSubject(), "started");
      default:
        await Promise.all(fault.victims.map((victim) => end(fault, victim, signal)));
        if (kind === "process.restart") await restartAll(fault.victims);
    }
  };
  const lift = async (id: string) => {
    const fault = faults.get(id);
    if (fault === undefined) return;
    const { work } = fault;
    fault.work = null;
    await work;
    for (const victim of fault.victims) victim.resume();
    await restartAll(fault.victims);
    fault.victims.length = 0; // only after success: a process that is still down is a difference
  };
  const diff = () =>
    Promise.resolve(
      [...faults.values()].flatMap(({ victims }) => victims).flatMap((victim) => {
        if (!victim.is_running) return [`${victim.name} is not running`];
        return victim.is_frozen ? [`${victim.name} is stopped`] : [];
      }),
    );
  return {
    layer: "process",
    async apply(id, fault) {
      if (!faults.has(id) && faults.size >= FAULTS_MAX) {
        throw new Error(`${id}: ${faults.size} process faults so far: at most ${FAULTS_MAX}`);
      }
      const before = faults.get(id);
      const { hits = 0, evidence = [] } = before ?? {};
      const victims = await victimsOf(fault, targets);
      const active: ActiveFault = { victims, hits, evidence, work: null };
      faults.set(id, active);
      await carryOut(active, fault);
    },
    lift,
    counters: () => {
      const all = [...faults];
      return hitsOnly(
        "process",
        Object.fromEntries(all.map(([id, { hits }]) => [id, hits])),
        Object.fromEntries(all.map(([id, { evidence }]) => [id, evidence.join(", ")])),
      );
    },
    diff,
    async rollback(onStep) {
      for (const id of faults.keys()) {
        await attempt(`restart the processes that ${id} ended`, onStep, () => lift(id));
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

const ALL_SUBJECTS = /^subject(-\d+)?$/;

/** The processes a fault affects. */
async function victimsOf({ kind, params }: Fault, targets: ProcessTargets): Promise<Killable[]> {
  const { processes } = targets;
  const subjects = () => [...processes.values()].filter(({ name }) => ALL_SUBJECTS.test(name));
  switch (kind) {
    case "process.restart_both":
      return [processes.get("data_server")!, ...subjects()];
    case "process.rolling_restart":
      return subjects();
    case "process.add_replica":
      return [];
    case "process.kill":
    case "process.restart":
    case "process.freeze":
      return [await chosen(params, targets)];
    default:
      throw new Error(`${kind} is not a process fault`);
  }
}

async function chosen(params: Fault["params"], targets: ProcessTargets): Promise<Killable> {
  const { processes } = targets;
  const choice = String(params.process);
  const name = choice === "leader" || choice === "follower"
    ? await withRole(choice, targets)
    : choice === "subject"
    ? subjectName(Number(params.subject ?? 0))
    : choice;
  const process = processes.get(name);
  if (process !== undefined) return process;
  const known = [...processes.keys()].join(", ") || "none";
  throw new Error(`Cannot affect ${name}: no such process in this run; it has ${known}`);
}

/** The last subject with a role, because the first one gets the load. */
async function withRole(role: string, targets: ProcessTargets): Promise<string> {
  const roles = [...await targets.roles()];
  const found = roles.findLast(([, reported]) => reported === role);
  if (found !== undefined) return found[0];
  const reported = roles.map(([name, role]) => `${name}: ${role ?? "none"}`).join(", ");
  throw new Error(`Cannot find a ${role}: the roles are ${reported}`);
}
